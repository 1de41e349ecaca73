import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request as nodeRequest } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { aService } from "../../../support/service.ts";
import { temporaryFolder } from "../../../support/temporary.ts";
import { aRequest, sendRaw } from "../../../support/wire/raw.ts";

const CONTRACT = `openapi: 3.1.0
info: { title: forms, version: "1" }
x-latchkey: { maxBodyBytes: 200000 }
paths:
  /upload:
    post:
      operationId: upload
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              additionalProperties: false
              required: [file, active]
              properties:
                file: { type: string, format: binary }
                active: { type: boolean }
                count: { type: integer, minimum: 1, maximum: 9 }
                tags: { type: array, maxItems: 2, items: { type: string, enum: [a, b] } }
                meta: { type: object, required: [n], properties: { n: { type: integer } } }
            encoding: { meta: { contentType: application/json } }
      responses: { '200': { description: ok } }
  /form:
    post:
      operationId: form
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema: { type: object, additionalProperties: false, required: [a], properties: { a: { type: integer, maximum: 9007199254740992 }, b: { type: string, maxLength: 5 }, n: { type: number, maximum: 100 }, o: { type: object, properties: { n: { type: number, maximum: 100 } } } } }
      responses: { '200': { description: ok } }
  /text:
    post:
      operationId: text
      requestBody:
        required: true
        content:
          text/plain: { schema: { type: string, maxLength: 5 } }
          application/json: { schema: { type: object } }
      responses: { '200': { description: ok } }
  /reported:
    post:
      operationId: reported
      x-latchkey: { requests: report }
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded: { schema: { type: object, properties: { a: { type: integer } } } }
          multipart/form-data: { schema: { type: object, required: [a], properties: { a: { type: integer } } } }
      responses: { '200': { description: ok } }
  /stream:
    post:
      operationId: stream
      x-latchkey: { body: stream }
      requestBody: { required: true, content: { multipart/form-data: { schema: { type: object, required: [a] } } } }
      responses: { '200': { description: ok } }
components:
  securitySchemes: { ApiKey: { type: apiKey, in: header, name: X-API-Key } }
security: [{ ApiKey: [] }]
`;

type Seen = { readonly headers: IncomingMessage["headers"]; body: Buffer; isComplete: boolean };

/** An upstream that records what it receives, also of requests that break off. */
const seen: Seen[] = [];
const upstream = createServer(async (req, res) => {
  const record: Seen = { headers: req.headers, body: Buffer.alloc(0), isComplete: false };
  seen.push(record);
  const chunks: Buffer[] = [];
  req.on("data", (chunk: Buffer) => chunks.push(chunk));
  req.on("close", () => {
    record.body = Buffer.concat(chunks);
    record.isComplete = req.complete;
  });
  req.on("end", () => res.end("ok"));
  req.on("error", () => {});
});

beforeAll(() => new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve)));

const folder = temporaryFolder();
const service = aService(() => {
  const contract = join(folder, "openapi.yaml");
  writeFileSync(contract, CONTRACT);
  const { port } = upstream.address() as AddressInfo;
  return { LATCHKEY_CONTRACT: contract, LATCHKEY_UPSTREAM: `http://127.0.0.1:${port}` };
});
let secret = "";

beforeAll(async () => {
  ({ secret } = await service.issue({ scopes: [] }));
});
beforeEach(() => {
  seen.length = 0;
});
afterAll(() => void upstream.close());

type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

async function send(
  path: string,
  body: FormData | URLSearchParams | string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${service.url}${path}`, {
    method: "POST",
    body,
    headers: { "x-api-key": secret, ...headers },
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : {} };
}

const pointerOf = ({ body }: Answer) => (body["errors"] as { readonly pointer: string }[] | undefined)?.[0]?.pointer;

function aForm(fields: Readonly<Record<string, string | Blob | readonly string[]>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields))
    for (const one of [value].flat()) form.append(name, one as string);
  return form;
}

const field = (name: string, text: string) =>
  `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;
const ACTIVE = field("active", "true");

const FILE = new Blob([new Uint8Array(1_000).fill(255)], { type: "image/png" });

describe("a form", () => {
  it.each([
    ["a=1", undefined],
    ["a=1&b=a+%26b", undefined],
    ["a=one", "#/a"],
    ["a=1&a=2", "#/a"],
    ["b=x", "#/a"],
    ["a=1&b=toolong", "#/b"],
    ["a=1&c=1", "#/c"],
    ["a=1&__proto__[a]=1", "#/__proto__[a]"],
    ["a=9007199254740991&n=99.999999999999999999", undefined],
    ["a=9007199254740993", "#/a"],
    ["a=1&n=100.000000000000000001", "#/n"],
    ["a=1&o[n]=100.000000000000000001", "#/o/n"],
    ["a=1&o=%7B%22n%22:100.000000000000000001%7D", "#/o/n"],
  ])("of %s is checked, and passed on as it was sent", async (text, pointer) => {
    const answer = await send("/form", text, { "content-type": "application/x-www-form-urlencoded" });
    expect([answer.status, pointerOf(answer)]).toEqual(pointer === undefined ? [200, undefined] : [400, pointer]);
    expect(seen.map(({ body }) => body.toString())).toEqual(pointer === undefined ? [text] : []);
  });

  it("that cannot be read is 400", async () => {
    const answer = await send("/form", "a=%zz", { "content-type": "application/x-www-form-urlencoded" });
    expect([answer.status, answer.body["code"]]).toEqual([400, "body-malformed"]);
  });

  it.each([
    ["utf-16", "a=1", 415],
    ["ISO-8859-1", "a=1&b=x", 200],
    ["ISO-8859-1", "a=1&b=%E9", 400],
    ["ISO-8859-1", "a=1&b=%C3%A9", 400],
    ["UTF8", "a=1&b=%C3%A9", 200],
  ])("in the charset %s is read if it is UTF-8 or ASCII: %s", async (charset, text, status) => {
    const type = `application/x-www-form-urlencoded; charset=${charset}`;
    expect((await send("/form", text, { "content-type": type })).status).toBe(status);
  });

  it.each([
    ["short", 200],
    ["too long", 400],
  ])("of plain text is checked too: %s", async (text, status) => {
    expect((await send("/text", text, { "content-type": "text/plain" })).status).toBe(status);
  });
});

describe("a body of text", () => {
  const sendBytes = async (path: string, type: string, bytes: Buffer) => {
    const headers = { "x-api-key": secret, "content-type": type };
    const response = await fetch(`${service.url}${path}`, { method: "POST", body: new Uint8Array(bytes), headers });
    return [response.status, ((await response.json()) as { readonly code: string }).code];
  };

  it("that is not UTF-8 is 400", async () => {
    expect(await sendBytes("/text", "text/plain", Buffer.from([0x61, 0xff]))).toEqual([400, "body-malformed"]);
  });

  it.each([
    ["/text", "text/plain"],
    ["/form", "application/x-www-form-urlencoded"],
  ])("to %s that is too large is 413", async (path, type) => {
    expect(await sendBytes(path, type, Buffer.alloc(200_001, "a"))).toEqual([413, "content-too-large"]);
  });
});

describe("a form with files", () => {
  it.each([
    ["ISO-8859-1", 400],
    ["UTF-8", 400],
  ])(
    "may not declare the charset of its fields as %s in a field that the contract does not have",
    async (charset, status) => {
      const form = `${field("_charset_", charset)}${ACTIVE}--b\r\nContent-Disposition: form-data; name=file; filename=x\r\n\r\nx\r\n--b--\r\n`;
      const answer = await send("/upload", form, { "content-type": "multipart/form-data; boundary=b" });
      expect([answer.status, answer.body["code"]]).toEqual([
        status,
        charset === "UTF-8" ? "request-invalid" : "body-malformed",
      ]);
    },
  );

  it("may not have a file in place of a field", async () => {
    const answer = await send("/upload", aForm({ file: FILE, active: FILE }));
    expect([answer.status, pointerOf(answer)]).toEqual([400, "#/active"]);
  });

  it("is checked, and passed on as it was sent", async () => {
    const form = aForm({ file: FILE, active: "true", count: "3", tags: ["a", "b"], meta: '{"n":1}' });
    const request = new Request("http://x", { method: "POST", body: form });
    const type = String(request.headers.get("content-type"));
    const bytes = Buffer.from(await request.arrayBuffer());
    const response = await fetch(`${service.url}/upload`, {
      method: "POST",
      body: bytes,
      headers: { "x-api-key": secret, "content-type": type },
    });
    expect(response.status).toBe(200);
    expect(seen[0]?.body.equals(bytes)).toBe(true);
    expect(seen[0]?.headers["content-type"]).toBe(type);
  });

  it.each<[string, Readonly<Record<string, string | Blob | readonly string[]>>, string]>([
    ["without a required field", { file: FILE }, "#/active"],
    ["without a required file", { active: "true" }, "#/file"],
    ["with a field of another type", { file: FILE, active: "yes" }, "#/active"],
    ["with a field twice", { file: FILE, active: ["true", "false"] }, "#/active"],
    ["with an unknown field", { file: FILE, active: "true", other: "1" }, "#/other"],
    ["with an unknown file", { file: FILE, active: "true", other: FILE }, "#/other"],
    ["with a number too large", { file: FILE, active: "true", count: "10" }, "#/count"],
    ["with too many items", { file: FILE, active: "true", tags: ["a", "b", "a"] }, "#/tags"],
    ["with an item of another value", { file: FILE, active: "true", tags: ["a", "c"] }, "#/tags/1"],
    ["with JSON that does not match", { file: FILE, active: "true", meta: '{"n":"x"}' }, "#/meta/n"],
    ["with JSON that is not JSON", { file: FILE, active: "true", meta: "{n:1}" }, "#/meta"],
    ["with a file in place of a field", { file: FILE, active: FILE }, "#/active"],
  ])("%s is 400 with a pointer, and the upstream sees nothing of it", async (_, fields, pointer) => {
    const answer = await send("/upload", aForm(fields));
    expect([answer.status, answer.body["code"], pointerOf(answer)]).toEqual([400, "request-invalid", pointer]);
    expect(seen).toEqual([]);
  });

  it("may be compressed, up to the limit", async () => {
    const text =
      '--b\r\nContent-Disposition: form-data; name="active"\r\n\r\ntrue\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\nx\r\n--b--\r\n';
    const headers = {
      "x-api-key": secret,
      "content-type": "multipart/form-data; boundary=b",
      "content-encoding": "gzip",
    };
    const post = (body: Buffer) => fetch(`${service.url}/upload`, { method: "POST", body, headers });
    expect((await post(gzipSync(text))).status).toBe(200);
    expect(seen[0]?.body.toString()).toBe(text);
    expect((await post(gzipSync(text.replace("\r\nx\r\n", `\r\n${"x".repeat(300_000)}\r\n`)))).status).toBe(413);
  });

  it.each(["multipart/form-data", "multipart/form-data; boundary=", 'multipart/form-data; boundary="a "'])(
    "needs a boundary: %s",
    async (type) =>
      expect((await send("/upload", "--b--", { "content-type": type })).body["code"]).toBe("body-malformed"),
  );

  it.each([
    ["text/plain; charset=ISO-8859-1", "3", 200],
    ["text/plain; charset=UTF-8", "3", 200],
    ["text/plain; charset=utf-16", "3", 400],
    ["text/plain; charset=ISO-8859-1", "é", 400],
  ])("may have fields of the type %s, with %s", async (type, text, status) => {
    const head = `--b\r\nContent-Disposition: form-data; name="count"\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: 8bit`;
    const form = `${head}\r\n\r\n${text}\r\n${ACTIVE}--b\r\nContent-Disposition: form-data; name=file; filename=x\r\n\r\nx\r\n--b--\r\n`;
    expect((await send("/upload", form, { "content-type": "multipart/form-data; boundary=b" })).status).toBe(status);
  });

  it.each([
    "xboundary=a; boundary=b",
    'x="\\";boundary=a;"; boundary=b',
    'boundary=b; x="Boundary=a"',
    'boundary="\\b"',
  ])("with a boundary that some programs read differently is 400: %s", async (parameters) => {
    const before = seen.length;
    const file = "--b\r\nContent-Disposition: form-data; name=file; filename=x\r\n\r\nx\r\n--b--\r\n";
    const reply = await send("/upload", ACTIVE + file, { "content-type": `multipart/form-data; ${parameters}` });
    expect([reply.status, reply.body["code"]]).toEqual([400, "body-malformed"]);
    expect(seen).toHaveLength(before);
  });

  it("with two boundaries in its Content-Type is 415", async () => {
    expect(
      (await send("/upload", "--b--", { "content-type": "multipart/form-data; boundary=a; boundary=b" })).status,
    ).toBe(415);
  });

  it("is passed on unread where the contract says so", async () => {
    expect((await send("/stream", "anything", { "content-type": "multipart/form-data; boundary=b" })).status).toBe(200);
  });
});

/** The pieces of a form with a file of 2 MB, whose fields come before and after it. */
function largeForm({ before = "", after = "", end = "--b--\r\n" } = {}): readonly Buffer[] {
  const file = '--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n';
  const content = Array.from({ length: 32 }, () => Buffer.alloc(65_536, "x"));
  return [Buffer.from(before + file), ...content, Buffer.from(`\r\n${after}`), Buffer.from(end)].filter(
    ({ length }) => length > 0,
  );
}

/** Sends a form piece by piece. @param framing with a Content-Length, or in chunks. */
async function sendPieces(pieces: readonly Buffer[], framing: "length" | "chunks", path = "/upload"): Promise<Answer> {
  const length = { "content-length": String(pieces.reduce((sum, one) => sum + one.length, 0)) };
  const headers = {
    "x-api-key": secret,
    "content-type": "multipart/form-data; boundary=b",
    ...(framing === "length" && length),
  };
  const req = nodeRequest(`${service.url}${path}`, { method: "POST", headers, agent: false });
  const answered = new Promise<Answer>((resolve, reject) => {
    req.on("error", reject);
    req.on("response", async (res) => {
      res.setEncoding("utf8");
      let text = "";
      for await (const chunk of res) text += chunk;
      resolve({ status: Number(res.statusCode), body: text.startsWith("{") ? JSON.parse(text) : {} });
    });
  });
  for (const piece of pieces) {
    if (!req.write(piece)) await Promise.race([once(req, "drain"), answered]);
    await nextTurn();
  }
  req.end();
  return answered;
}

/** Waits until the upstream has seen the end of its requests, whole or not. */
async function upstreamIsDone(): Promise<readonly Seen[]> {
  while (seen.some(({ body }) => body.length === 0)) await nextTurn();
  return seen;
}

describe.each(["length", "chunks"] as const)("a form over the limit, sent with %s", (framing) => {
  it("is passed on while it arrives, as it was sent", async () => {
    const pieces = largeForm({ before: ACTIVE, after: field("count", "3") });
    expect((await sendPieces(pieces, framing)).status).toBe(200);
    expect(seen[0]?.isComplete).toBe(true);
    expect(seen[0]?.body.equals(Buffer.concat(pieces))).toBe(true);
  });

  it("with an invalid field before its file does not reach the upstream", async () => {
    const answer = await sendPieces(largeForm({ before: field("active", "yes") }), framing);
    expect([answer.status, pointerOf(answer)]).toEqual([400, "#/active"]);
    expect(seen).toEqual([]);
  });

  it.each([
    ["an invalid field", { after: field("active", "yes") }, "#/active"],
    ["no required field", { after: "" }, "#/active"],
    ["a field twice", { before: ACTIVE, after: ACTIVE }, "#/active"],
    ["an unknown field", { before: ACTIVE, after: field("other", "1") }, "#/other"],
    ["a number too large", { before: ACTIVE, after: field("count", "10") }, "#/count"],
  ])("with %s behind its file breaks off before its last boundary", async (_, parts, pointer) => {
    const answer = await sendPieces(largeForm(parts), framing);
    expect([answer.status, answer.body["code"], pointerOf(answer)]).toEqual([400, "request-invalid", pointer]);
    const [found] = await upstreamIsDone();
    expect(found?.isComplete).toBe(false);
    expect(found?.body.toString("latin1")).not.toContain("--b--");
  });

  it("does not show the upstream its last boundary until all of it has come", async () => {
    const pieces = largeForm({ after: field("count", "10"), end: "--b--" });
    const answer = await sendPieces([...pieces, Buffer.from("\r"), Buffer.from("\n")], framing);
    expect(answer.status).toBe(400);
    const [found] = await upstreamIsDone();
    expect(found?.body.toString("latin1")).not.toContain("--b--");
  });

  it.each([
    ["without its last boundary", { before: ACTIVE, end: "" }],
    ["with something behind its last boundary", { before: ACTIVE, end: "--b--\r\nmore" }],
    ["with a part that cannot be read", { before: ACTIVE, after: "--b\r\nnonsense\r\n\r\n1\r\n" }],
  ])("%s is 400", async (_, parts) => {
    const answer = await sendPieces(largeForm(parts), framing);
    expect([answer.status, answer.body["code"]]).toEqual([400, "body-malformed"]);
    expect((await upstreamIsDone()).some(({ isComplete }) => isComplete)).toBe(false);
  });

  it("with too much text in its fields is 413", async () => {
    const answer = await sendPieces(largeForm({ before: ACTIVE, after: field("meta", "x".repeat(300_000)) }), framing);
    expect([answer.status, answer.body["code"]]).toEqual([413, "content-too-large"]);
  });
});

describe("an invalid form that is only reported", () => {
  it.each([
    ["a=one", "application/x-www-form-urlencoded"],
    ["a=%zz", "application/x-www-form-urlencoded"],
    [`${field("a", "one")}--b--`, "multipart/form-data; boundary=b"],
    [`${field("b", "1")}--b--`, "multipart/form-data; boundary=b"],
    ["--c", "multipart/form-data; boundary=b"],
  ])("is passed on as it was sent: %s", async (text, type) => {
    expect((await send("/reported", text, { "content-type": type })).status).toBe(200);
    expect(seen[0]?.body.toString()).toBe(text);
  });

  it.each([
    ["before its file", largeForm({ before: field("a", "one") })],
    ["at its beginning", [Buffer.from("--c\r\n"), ...largeForm()]],
    ["behind its file", largeForm({ after: field("a", "one") })],
    ["behind its file, where it cannot be read", largeForm({ after: "--b\r\nnonsense\r\n\r\n1\r\n" })],
    ["at its end", largeForm({ before: field("a", "1"), end: "" })],
    ["in what it lacks", largeForm()],
  ])("is passed on as it was sent, if it is large and wrong %s", async (_, pieces) => {
    expect((await sendPieces(pieces, "length", "/reported")).status).toBe(200);
    expect(seen[0]?.body.equals(Buffer.concat(pieces))).toBe(true);
  });
});

describe("a client that leaves", () => {
  it.each([
    ["before its form has begun", 0],
    ["in the first part of it", 1],
    ["while it is passed on", 12],
    ["before its last boundary", 33],
  ])("%s leaves nothing open", async (_, count) => {
    const pieces = largeForm({ before: ACTIVE });
    const length = pieces.reduce((sum, one) => sum + one.length, 0);
    const socket = connect(service.port, "127.0.0.1");
    const lines = [
      `x-api-key: ${secret}`,
      "Content-Type: multipart/form-data; boundary=b",
      `Content-Length: ${length}`,
    ];
    socket.write(aRequest("/upload", lines, "POST"));
    for (const piece of pieces.slice(0, count)) if (!socket.write(piece)) await once(socket, "drain");
    socket.destroy();
    await upstreamIsDone();
    expect(seen.some(({ isComplete }) => isComplete)).toBe(false);
    // The service still works.
    expect((await send("/upload", aForm({ file: FILE, active: "true" }))).status).toBe(200);
  });
});

describe("a client that waits for 100 Continue", () => {
  it.each([
    ["a small form", [Buffer.from(ACTIVE), Buffer.from(largeForm()[0] ?? ""), Buffer.from("x\r\n--b--\r\n")]],
    ["a large form", largeForm({ before: ACTIVE })],
  ])("is told once to send %s", async (_, pieces) => {
    const body = Buffer.concat(pieces);
    const lines = [
      `x-api-key: ${secret}`,
      "Content-Type: multipart/form-data; boundary=b",
      `Content-Length: ${body.length}`,
      "Expect: 100-continue",
    ];
    const socket = connect(service.port, "127.0.0.1");
    const received: Buffer[] = [];
    socket.on("data", (chunk) => {
      if (received.length === 0) socket.write(body);
      received.push(chunk);
    });
    socket.write(aRequest("/upload", lines, "POST"));
    await once(socket, "end");
    const text = Buffer.concat(received).toString("latin1");
    expect(text.match(/HTTP\/1\.1 \d{3}/g)).toEqual(["HTTP/1.1 100", "HTTP/1.1 200"]);
  });

  it("is refused before it sends a form whose key is not admitted", async () => {
    const lines = ["Content-Type: multipart/form-data; boundary=b", "Content-Length: 5000000", "Expect: 100-continue"];
    expect((await sendRaw(service.port, aRequest("/upload", lines, "POST"))).status).toBe(401);
  });
});
