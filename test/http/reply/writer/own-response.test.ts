import { createServer, type ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { KEEP_ALIVE_SECONDS, OwnResponse, writeRawHead } from "../../../../src/http/reply/writer/own-response.ts";
import { exchangeRaw } from "../../../support/wire/raw.ts";

type Write = (res: ServerResponse, status: number, headers: readonly string[]) => void;

const WRITERS: Readonly<Record<string, Write>> = {
  "/own": writeRawHead,
  "/node": (res, status, headers) => void res.writeHead(status, [...headers]),
};

type Case = {
  readonly status?: number;
  readonly headers: readonly string[];
  readonly before?: (res: ServerResponse) => void;
};

/** What the server below sends next. */
let sent: Case = { headers: [] };
let faults: unknown[] = [];

const options = { ServerResponse: OwnResponse, keepAliveTimeout: KEEP_ALIVE_SECONDS * 1000 };
const server = createServer(options, ({ url = "" }, res) => {
  const { status = 200, headers, before } = sent;
  before?.(res);
  try {
    WRITERS[url]?.(res, status, headers);
    res.end("täxt");
  } catch (fault) {
    faults.push(fault);
    res.destroy();
  }
});
beforeAll(() => new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve)));
afterAll(() => void server.close());

/** Two responses on one connection, the second of which ends it. */
async function bytesOf(path: string, method = "GET", more = ""): Promise<string> {
  const { port } = server.address() as { readonly port: number };
  const first = `${method} ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
  const text = await exchangeRaw(port, `${first}GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  return text.replaceAll(/^Date: .* GMT\r$/gm, "Date: now\r");
}

const PLAIN = ["Content-Type", "text/plain", "X-Request-Id", "req_1", "Content-Length", "5"];

describe("a head of our own", () => {
  it.each<[string, Case]>([
    ["of an ordinary reply", { headers: PLAIN }],
    ["of a problem", { status: 429, headers: ["Retry-After", "1", ...PLAIN] }],
    ["of a status without a name", { status: 299, headers: PLAIN }],
    ["with a header that comes twice", { headers: ["set-cookie", "a=1", "set-cookie", "b=2", ...PLAIN] }],
    ["with the letters of Latin-1", { headers: ["X-Name", "Zoë", ...PLAIN] }],
    ["with a tab and an empty value", { headers: ["X-Tab", "a\tb", "X-Empty", "", ...PLAIN] }],
    ["of 204", { status: 204, headers: ["X-Request-Id", "req_1"] }],
    ["of 304", { status: 304, headers: PLAIN }],
    ["without a length", { headers: ["Content-Type", "text/plain"] }],
    ["that ends the connection", { headers: [...PLAIN, "Connection", "close"] }],
    ["with a Date", { headers: ["date", "Tue, 15 Nov 1994 08:12:31 GMT", ...PLAIN] }],
    ["with a name of a file", { headers: [...PLAIN, "Content-Disposition", 'attachment; filename="ä"'] }],
    ["after a header that was set", { headers: PLAIN, before: (res) => res.setHeader("X-Before", "1") }],
    ["after a status message", { headers: PLAIN, before: (res) => Object.assign(res, { statusMessage: "Fine" }) }],
    ["without a Date", { headers: PLAIN, before: (res) => Object.assign(res, { sendDate: false }) }],
  ])("%s has the bytes of Node's", async (_case, one) => {
    sent = one;
    for (const method of ["GET", "HEAD", "POST"]) {
      expect(await bytesOf("/own", method)).toBe(await bytesOf("/node", method));
    }
    expect(await bytesOf("/own", "GET", "Connection: close\r\n")).toBe(
      await bytesOf("/node", "GET", "Connection: close\r\n"),
    );
  });

  it("has the value of this response, not of the one before", async () => {
    sent = { headers: ["Content-Type", "text/plain", "Content-Length", "5"] };
    expect(await bytesOf("/own")).toContain("Content-Type: text/plain\r\n");
    sent = { headers: ["Content-Type", "text/html", "Content-Length", "5"] };
    expect(await bytesOf("/own")).toContain("Content-Type: text/html\r\n");
    expect(await bytesOf("/own")).not.toContain("text/plain");
  });

  it.each([
    ["value with another header in it", ["Location", "/a\r\nSet-Cookie: b=1"]],
    ["value outside of Latin-1", ["ETag", '"€"']],
    ["value of a header that repeats", ["Content-Type", "text/plain\r\n\r\nbody"]],
    ["name with another header in it", ["X-A: 1\r\nX-B", "2"]],
    ["name with a space", ["X A", "2"]],
    ["empty name", ["", "2"]],
  ])("is not written with an invalid %s", async (_case, headers) => {
    faults = [];
    sent = { headers: [...headers, ...PLAIN] };
    expect(await bytesOf("/own")).toBe("");
    expect(faults).toContainEqual(expect.objectContaining({ code: expect.stringMatching(/^ERR_INVALID_/) }));
  });

  it("is written once", () => {
    const res = new OwnResponse({ method: "GET", httpVersionMajor: 1, httpVersionMinor: 1 } as never);
    res.shouldKeepAlive = true;
    writeRawHead(res, 200, PLAIN);
    expect(res.headersSent).toBe(true);
    expect(() => writeRawHead(res, 200, PLAIN)).toThrow("headers");
  });
});
