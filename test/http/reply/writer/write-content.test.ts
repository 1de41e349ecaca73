import { createServer, type ServerResponse } from "node:http";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { createWriteContent } from "../../../../src/http/reply/writer/write-content.ts";
import { anExchange } from "../../../support/exchange.ts";
import { exchangeRaw, parseResponse } from "../../../support/wire/raw.ts";

/**
 * Does what on-headers 1.0 does in many apps: it takes a list of headers for a list of pairs. test/package has the real
 * one.
 */
function wrapWriteHead(res: ServerResponse) {
  const { writeHead } = res;
  res.writeHead = function wrapped(this: ServerResponse, status: number, headers: object = {}) {
    const pairs = Array.isArray(headers) ? headers.map(([name, value]) => [name, value]) : Object.entries(headers);
    for (const [name, value] of pairs) res.setHeader(name, value);
    res.setHeader("X-App", "1");
    return writeHead.call(res, status);
  } as ServerResponse["writeHead"];
}

const write = createWriteContent((fault) => {
  throw fault;
});
const server = createServer((req, res) => {
  if (req.url === "/varying") res.setHeader("Vary", "Accept");
  if (req.url === "/wrapped") wrapWriteHead(res);
  const isCached = req.url === "/cached";
  const headers = ["content-type", "text/plain", ...(isCached ? ["cache-control", "private"] : [])];
  const exchange = anExchange({}, { req, res, headers: ["Vary", "Origin", "RateLimit", "r=1"] });
  write(exchange, { status: 201, headers, content: "ok", ...(isCached && { isReplacing: true }) });
});
beforeAll(() => new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve)));
afterAll(() => void server.close());

it.each([
  ["as Node has it", "/plain", { vary: "Origin" }],
  ["as Node has it, in a host app that sets Vary", "/varying", { vary: "Accept, Origin" }],
  ["of a host app that does not know raw lists", "/wrapped", { "x-app": "1", vary: "Origin" }],
  ["as Node has it, of an upstream that replaces a common header", "/cached", { "cache-control": "private" }],
])("a reply has its status and all headers with a writeHead %s", async (_case, path, expected) => {
  const { port } = server.address() as { readonly port: number };
  const text = await exchangeRaw(port, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  expect(parseResponse(text)).toMatchObject({
    status: 201,
    body: "ok",
    headers: {
      "x-request-id": "req_1",
      ratelimit: "r=1",
      "content-type": "text/plain",
      "cache-control": "no-store",
      ...expected,
    },
  });
});
