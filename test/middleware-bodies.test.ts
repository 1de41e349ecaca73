import { writeFileSync } from "node:fs";
import { createServer, request as nodeRequest, type RequestListener, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import busboy from "busboy";
import express5 from "express";
import multer from "multer";
import { type Latchkey, latchkey } from "../src/middleware.ts";
import { startProgram } from "./support/process/program.ts";
import { temporaryFolder } from "./support/temporary.ts";

// Its types are those of Express 5 as far as this file goes.
const express4: typeof express5 = createRequire(import.meta.url)("express-4");

const CONTRACT = `openapi: 3.1.1
info: { title: Uploads, version: 1.0.0 }
x-latchkey: { maxBodyBytes: 200000 }
paths:
  /multer: &upload
    post: &operation
      operationId: withMulter
      requestBody: &body
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              additionalProperties: false
              required: [file, active]
              properties: { file: { type: string, format: binary }, active: { type: boolean }, count: { type: integer, maximum: 9 } }
      responses: { '200': { description: ok } }
  /busboy: { post: { operationId: withBusboy, requestBody: *body, responses: { '200': { description: ok } } } }
  /form:
    post:
      operationId: form
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded: { schema: { type: object, required: [a], properties: { a: { type: integer }, b: { type: array, items: { type: string } } } } }
          text/plain: { schema: { type: string, maxLength: 9 } }
      responses: { '200': { description: ok } }
  /stream:
    post: { operationId: stream, x-latchkey: { body: stream }, requestBody: *body, responses: { '200': { description: ok } } }
  /cookie: { post: { operationId: withCookie, security: [{ Cookie: [] }], responses: { '200': { description: ok } } } }
  /undeclared: { post: { operationId: undeclared, security: [{ Cookie: [] }], responses: { '200': { description: ok } } } }
components:
  securitySchemes:
    ApiKey: { type: apiKey, in: header, name: X-API-Key }
    Cookie: { type: apiKey, in: cookie, name: key }
security: [{ ApiKey: [] }]
`;

const folder = temporaryFolder();
const contract = join(folder, "uploads.yaml");
writeFileSync(contract, CONTRACT);
const settings = { DATABASE_URL: `sqlite:${join(folder, "keys.db")}`, LOG_LEVEL: "info" };
let keys: Latchkey;
let secret = "";

beforeAll(async () => {
  keys = await latchkey<never>({ contract, settings, writeLog: () => {} });
  const words = "keys create --client app --create-client --json";
  const { out } = await startProgram(words.split(" "), { environment: { ...settings, LATCHKEY_CONTRACT: contract } })
    .finished;
  ({ secret } = JSON.parse(out));
});
afterAll(() => keys.close());

/** An app whose parsers read what they get behind the middleware. */
function anApp(express: typeof express5): RequestListener {
  const app = express();
  app.use(keys, express.json(), express.urlencoded({ extended: true }), express.text());
  app.post(["/multer", "/stream"], multer().any(), (req, res) => {
    const files = Array.isArray(req.files) ? req.files : [];
    res.json({ fields: req.body, files: files.map(({ fieldname, buffer }) => [fieldname, buffer.length]) });
  });
  app.post("/busboy", (req, res) => {
    const found: unknown[] = [];
    const reader = busboy({ headers: req.headers });
    reader.on("field", (name, text) => found.push([name, text]));
    reader.on("file", (name, stream) => {
      let bytes = 0;
      stream.on("data", (chunk: Buffer) => (bytes += chunk.length));
      stream.on("end", () => found.push([name, bytes]));
    });
    reader.on("close", () => res.json(found));
    reader.on("error", (error) => res.status(500).send(String(error)));
    req.on("error", (error) => res.status(422).send(error.message));
    req.pipe(reader);
  });
  app.post("/cookie", ({ headers, headersDistinct, rawHeaders }, res) => {
    const raw = rawHeaders.filter((text) => text.includes("theme="));
    res.json([headers.cookie ?? "none", headersDistinct["cookie"] ?? [], raw]);
  });
  app.post("/undeclared", (req, res) => void res.json({ body: req.body }));
  app.post("/form", (req, res) => void res.json({ type: req.headers["content-type"], body: req.body }));
  app.use(
    ((error: { status?: number; message: string }, _req, res, _next) =>
      void res.status(error.status ?? 500).send(error.message)) as express5.ErrorRequestHandler,
  );
  return app as RequestListener;
}

const FILE = new Blob([Buffer.alloc(1_000, "x")]);
const LARGE = new Blob([Buffer.alloc(3_000_000, "x")]);

function aForm(fields: Readonly<Record<string, string | Blob>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value as string);
  return form;
}

describe.each([
  ["Express 5", () => anApp(express5), (app: RequestListener) => createServer(app)],
  ["Express 4", () => anApp(express4), (app: RequestListener) => createServer(app)],
  ["Express 5, on the server of latchkey", () => anApp(express5), (app: RequestListener) => keys.createServer(app)],
])("behind the middleware in %s", (_, build, serve) => {
  let server: Server;
  let url = "";
  beforeAll(async () => {
    server = serve(build());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const send = async (
    path: string,
    body: FormData | URLSearchParams | string,
    headers: Record<string, string> = {},
  ) => {
    const response = await fetch(`${url}${path}`, {
      method: "POST",
      body,
      headers: { "x-api-key": secret, ...headers },
    });
    const text = await response.text();
    return [response.status, /^[{[]/.test(text) ? JSON.parse(text) : text] as const;
  };

  it("a form is read by express.urlencoded", async () => {
    const form = new URLSearchParams([
      ["a", "1"],
      ["b", "x y"],
      ["b", "&"],
    ]);
    const type = "application/x-www-form-urlencoded;charset=UTF-8";
    expect(await send("/form", form)).toEqual([200, { type, body: { a: "1", b: ["x y", "&"] } }]);
    expect((await send("/form", new URLSearchParams({ a: "one" })))[0]).toBe(400);
  });

  it("a cookie that holds the key is not seen by the app, and other cookies are", async () => {
    const sendCookies = async (cookie: string) => {
      const response = await fetch(`${url}/cookie`, { method: "POST", headers: { cookie } });
      return [response.status, await response.json()];
    };
    const theme = "theme=dark";
    expect(await sendCookies(`${theme}; key=${secret}`)).toEqual([200, [theme, [theme], [theme]]]);
    expect(await sendCookies(`key=${secret}`)).toEqual([200, ["none", [], []]]);
    expect((await sendCookies(theme))[0]).toBe(401);
  });

  it("a body that the contract does not declare does not reach the app", async () => {
    const ask = async (body: string) => {
      const headers = { cookie: `key=${secret}`, "content-type": "application/json" };
      const response = await fetch(`${url}/undeclared`, { method: "POST", headers, body });
      return [response.status, await response.json()];
    };
    expect(await ask('{"admin":true}')).toEqual([400, expect.objectContaining({ code: "request-invalid" })]);
    expect(await ask("{}")).toEqual([200, { body: {} }]);
  });

  it("a text is read by express.text", async () => {
    expect(await send("/form", "hello")).toEqual([200, { type: "text/plain;charset=UTF-8", body: "hello" }]);
    expect((await send("/form", "far too long"))[0]).toBe(400);
  });

  it.each([
    ["small", FILE, 1_000],
    ["large", LARGE, 3_000_000],
  ])("a %s upload is read by multer", async (_size, file, bytes) => {
    const [status, body] = await send("/multer", aForm({ active: "true", count: "3", file }));
    expect([status, body]).toEqual([200, { fields: { active: "true", count: "3" }, files: [["file", bytes]] }]);
  });

  it.each([
    ["small", FILE, 1_000],
    ["large", LARGE, 3_000_000],
  ])("a %s upload is read by busboy", async (_size, file, bytes) => {
    expect(await send("/busboy", aForm({ active: "true", file, count: "3" }))).toEqual([
      200,
      expect.arrayContaining([
        ["active", "true"],
        ["file", bytes],
        ["count", "3"],
      ]),
    ]);
  });

  it.each([
    ["a small upload", FILE, "/multer"],
    ["a large upload with its fields first", LARGE, "/multer"],
  ])("%s that is invalid never reaches the app", async (_size, file, path) => {
    const [status, body] = await send(path, aForm({ active: "yes", file }));
    expect([status, (body as { code?: string }).code]).toEqual([400, "request-invalid"]);
  });

  it.each([
    ["a field of another type", { file: LARGE, active: "yes" }],
    ["a field too few", { file: LARGE }],
    ["a number too large", { file: LARGE, active: "true", count: "10" }],
  ])("a large upload with %s behind its file fails before its end", async (_case, fields) => {
    expect(await send("/multer", aForm(fields))).toEqual([400, "The body does not match the contract."]);
    expect((await send("/busboy", aForm(fields)))[0]).toBe(422);
    // The service still works.
    expect((await send("/multer", aForm({ active: "true", file: FILE })))[0]).toBe(200);
  });

  it("an upload in chunks that is not large is read, too", async () => {
    const form = `--b\r\nContent-Disposition: form-data; name="active"\r\n\r\ntrue\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\nx\r\n--b--\r\n`;
    const req = nodeRequest(`${url}/multer`, {
      method: "POST",
      headers: { "x-api-key": secret, "content-type": "multipart/form-data; boundary=b" },
    });
    for (const character of form.match(/[\s\S]{1,20}/g) ?? []) {
      req.write(character);
      await nextTurn();
    }
    req.end();
    const status = await new Promise((resolve) => req.on("response", (res) => resolve(res.resume().statusCode)));
    expect(status).toBe(200);
  });

  it("an upload that the contract leaves unread arrives as it is", async () => {
    expect((await send("/stream", aForm({ anything: "x", file: LARGE })))[0]).toBe(200);
  });
});
