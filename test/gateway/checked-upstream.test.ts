import { writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { MAX_CHECKED_BYTES } from "../../src/gateway/checked-upstream.ts";
import { aService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { anUpstream } from "../support/upstream.ts";

const responses = `{ '200': { description: Items., content: { application/json: { schema: { $ref: '#/components/schemas/Items' } }, text/csv: {} } }, '202': { description: Later. } }`;
const CONTRACT = `openapi: 3.1.1
info: { title: Shop, version: 1.0.0 }
servers: [{ url: / }]
x-latchkey: { responses: enforce }
paths:
  /enforced: { get: { operationId: enforced, security: [{ Token: [] }], responses: ${responses} } }
  /reported:
    get: { operationId: reported, security: [{ Token: [] }], x-latchkey: { responses: report }, responses: ${responses} }
  /unchecked:
    get: { operationId: unchecked, security: [{ Token: [] }], x-latchkey: { responses: off }, responses: ${responses} }
components:
  schemas:
    Items: { type: array, items: { type: integer } }
  securitySchemes:
    Token: { type: apiKey, in: header, name: X-Token }
`;

const folder = temporaryFolder();
const upstream = anUpstream();
const service = aService(() => {
  const path = join(folder, "shop.yaml");
  writeFileSync(path, CONTRACT);
  return { LATCHKEY_CONTRACT: path, LATCHKEY_LENIENT: "true", LATCHKEY_UPSTREAM: upstream.url };
});

let secret = "";
beforeAll(async () => {
  ({ secret } = await service.issue({ client: "shop", scopes: [] }));
});
beforeEach(() => upstream.forget());

const get = (path: string) => request(service.url).get(path).set("X-Token", secret);

const reply =
  (body: string | Buffer, type = "application/json", { status = 200, headers = {} } = {}): RequestListener =>
  (_req, res) =>
    void res.writeHead(status, { "Content-Type": type, ...headers }).end(body);

const violationsOf = (requestId: unknown) =>
  service.logged().find((line) => line.requestId === requestId && line.violations !== undefined)?.violations;

const WRONG: readonly (readonly [string, RequestListener, unknown])[] = [
  ["a wrong field", reply('[1,"two"]'), ["#/1 must be integer"]],
  ["invalid JSON", reply("[1,"), ["its body is not JSON"]],
  [
    "a duplicate name, the last of which is valid",
    reply('[{"secret":1,"secret":2}]'),
    ["an object in its body has a name twice"],
  ],
  ["a byte order mark", reply("\uFEFF[1]"), ["its body is not JSON"]],
  ["an undeclared status", reply("[]", "application/json", { status: 500 }), ["the status 500 is not declared"]],
  ["an undeclared type", reply("<p>", "text/html"), ["the media type text/html is not declared"]],
  [
    "an encoding that was not requested",
    reply(gzipSync("[1]"), "application/json", { headers: { "Content-Encoding": "gzip" } }),
    ["it is encoded, although no encoding was requested"],
  ],
  [
    "two types",
    (_req, res) => void res.writeHead(200, ["Content-Type", "application/json", "Content-Type", "text/html"]).end("[]"),
    ["it has several Content-Types"],
  ],
  ["JSON in another charset", reply("[]", "application/json; charset=utf-16"), ["its charset is not UTF-8"]],
  [
    "a body without a type",
    (_req, res) => void res.writeHead(202).end("secret"),
    ["it has a body, but none is declared"],
  ],
  [
    "a body larger than is read",
    reply(`[${"1,".repeat(MAX_CHECKED_BYTES / 2)}1]`),
    [`it is larger than ${MAX_CHECKED_BYTES} bytes`],
  ],
];

describe("a response that matches the contract is passed on unchanged", () => {
  it.each(["/enforced", "/reported", "/unchecked"])("%s", async (path) => {
    upstream.respondWith(reply(" [1, 2.0] ", "application/json", { headers: { ETag: '"1"' } }));
    const { status, text, headers } = await get(path);
    expect({ status, text, etag: headers["etag"] }).toEqual({ status: 200, text: " [1, 2.0] ", etag: '"1"' });
    upstream.respondWith((_req, res) => void res.writeHead(202).end());
    expect((await get(path)).status).toBe(202);
    upstream.respondWith(reply("a;b", "text/csv"));
    expect((await get(path)).text).toBe("a;b");
  });
});

describe("a response that does not", () => {
  it.each(WRONG)("is withheld where the contract is enforced: %s", async (_, listener, violations) => {
    upstream.respondWith(listener);
    const { status, body, headers } = await get("/enforced");
    expect({ status, code: body.code }).toEqual({ status: 502, code: "upstream-undeclared" });
    expect(violationsOf(headers["x-request-id"])).toEqual(violations);
  });

  it.each(WRONG)("is passed on and logged where violations are reported: %s", async (_, listener, violations) => {
    upstream.respondWith(listener);
    const whole = await fetch(upstream.url);
    const passed = await fetch(`${service.url}/reported`, { headers: { "X-Token": secret } });
    expect(passed.status).toBe(whole.status);
    expect(await passed.text()).toBe(await whole.text());
    expect(violationsOf(passed.headers.get("x-request-id"))).toEqual(violations);
  });

  it.each(WRONG)("is passed on unchecked where the check is off: %s", async (_, listener) => {
    upstream.respondWith(listener);
    const whole = await fetch(upstream.url);
    const passed = await fetch(`${service.url}/unchecked`, { headers: { "X-Token": secret } });
    expect(await passed.text()).toBe(await whole.text());
    expect(violationsOf(passed.headers.get("x-request-id"))).toBeUndefined();
  });
});

it("closes the upstream connection of a response that is withheld, however much of it is still to come", async () => {
  let isClosed = false;
  upstream.respondWith((_req, res) => {
    res.writeHead(500, { "Content-Type": "application/json" });
    const timer = setInterval(() => res.write("[".repeat(60_000)), 1);
    res.once("close", () => {
      clearInterval(timer);
      isClosed = true;
    });
  });
  expect((await get("/enforced")).status).toBe(502);
  while (!isClosed) await new Promise((resolve) => setTimeout(resolve, 10));
});

it("requests a complete and unencoded response where it is checked, and only there", async () => {
  upstream.respondWith(reply("[]"));
  const forms = { "Accept-Encoding": "gzip", Range: "bytes=0-1", "If-Range": '"1"' };
  await get("/enforced").set(forms);
  expect(upstream.last().headers).not.toHaveProperty("range");
  expect(upstream.last().headers).not.toHaveProperty("if-range");
  expect(upstream.last().headers).not.toHaveProperty("accept-encoding");
  await get("/unchecked").set(forms);
  expect(upstream.last().headers).toMatchObject({ "accept-encoding": "gzip", range: "bytes=0-1" });
});

it("responds with 502 when the upstream breaks off before anything was passed on", async () => {
  upstream.respondWith((_req, res) => {
    res.writeHead(200, { "Content-Type": "application/json", "Content-Length": "100" });
    res.write("[1,");
    setTimeout(() => res.destroy(), 20);
  });
  const { status, body, headers } = await get("/enforced");
  expect({ status, code: body.code }).toEqual({ status: 502, code: "upstream-broken" });
  const line = service.logged().find((one) => one.requestId === headers["x-request-id"]);
  expect(line).toMatchObject({ level: 40, code: "upstream-broken", cause: expect.any(String) });
});
