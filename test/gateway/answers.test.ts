import { writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { MAX_CHECKED_BYTES } from "../../src/gateway/response-check.ts";
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
  /unseen:
    get: { operationId: unseen, security: [{ Token: [] }], x-latchkey: { responses: off }, responses: ${responses} }
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

const answer =
  (body: string | Buffer, type = "application/json", { status = 200, headers = {} } = {}): RequestListener =>
  (_req, res) =>
    void res.writeHead(status, { "Content-Type": type, ...headers }).end(body);

const violationsOf = (requestId: unknown) =>
  service.logged().find((line) => line.requestId === requestId && line.violations !== undefined)?.violations;

const WRONG: readonly (readonly [string, RequestListener, unknown])[] = [
  ["a wrong field", answer('[1,"two"]'), ["#/1 must be integer"]],
  ["invalid JSON", answer("[1,"), ["its body is no JSON"]],
  [
    "a name twice, of which the last is as declared",
    answer('[{"secret":1,"secret":2}]'),
    ["an object in its body has a name twice"],
  ],
  ["a byte order mark", answer("\uFEFF[1]"), ["its body is no JSON"]],
  ["an undeclared status", answer("[]", "application/json", { status: 500 }), ["the status 500 is not declared"]],
  ["an undeclared type", answer("<p>", "text/html"), ["the media type text/html is not declared"]],
  [
    "an encoding that was not asked for",
    answer(gzipSync("[1]"), "application/json", { headers: { "Content-Encoding": "gzip" } }),
    ["it is encoded, though that was not asked for"],
  ],
  [
    "two types",
    (_req, res) => void res.writeHead(200, ["Content-Type", "application/json", "Content-Type", "text/html"]).end("[]"),
    ["it has several Content-Types"],
  ],
  [
    "JSON in another charset",
    answer("[]", "application/json; charset=utf-16"),
    ["its charset is not UTF-8, as JSON's is"],
  ],
  [
    "a body without a type",
    (_req, res) => void res.writeHead(202).end("secret"),
    ["it has a body, and none is declared"],
  ],
  [
    "more than is read",
    answer(`[${"1,".repeat(MAX_CHECKED_BYTES / 2)}1]`),
    [`it is larger than ${MAX_CHECKED_BYTES} bytes`],
  ],
];

describe("an answer that matches the contract goes on as it is", () => {
  it.each(["/enforced", "/reported", "/unseen"])("%s", async (path) => {
    upstream.answers(answer(" [1, 2.0] ", "application/json", { headers: { ETag: '"1"' } }));
    const { status, text, headers } = await get(path);
    expect({ status, text, etag: headers["etag"] }).toEqual({ status: 200, text: " [1, 2.0] ", etag: '"1"' });
    upstream.answers((_req, res) => void res.writeHead(202).end());
    expect((await get(path)).status).toBe(202);
    upstream.answers(answer("a;b", "text/csv"));
    expect((await get(path)).text).toBe("a;b");
  });
});

describe("an answer that does not", () => {
  it.each(WRONG)("is held back where the contract is enforced: %s", async (_, listener, violations) => {
    upstream.answers(listener);
    const { status, body, headers } = await get("/enforced");
    expect({ status, code: body.code }).toEqual({ status: 502, code: "upstream-undeclared" });
    expect(violationsOf(headers["x-request-id"])).toEqual(violations);
  });

  it.each(WRONG)("goes on, and into the log, where it is reported: %s", async (_, listener, violations) => {
    upstream.answers(listener);
    const whole = await fetch(upstream.url);
    const passed = await fetch(`${service.url}/reported`, { headers: { "X-Token": secret } });
    expect(passed.status).toBe(whole.status);
    expect(await passed.text()).toBe(await whole.text());
    expect(violationsOf(passed.headers.get("x-request-id"))).toEqual(violations);
  });

  it.each(WRONG)("goes on unseen where nobody looks: %s", async (_, listener) => {
    upstream.answers(listener);
    const whole = await fetch(upstream.url);
    const passed = await fetch(`${service.url}/unseen`, { headers: { "X-Token": secret } });
    expect(await passed.text()).toBe(await whole.text());
    expect(violationsOf(passed.headers.get("x-request-id"))).toBeUndefined();
  });
});

it("lets go of an answer that is held back, however much of it were to come", async () => {
  let isClosed = false;
  upstream.answers((_req, res) => {
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

it("asks for a whole and plain answer where it is looked at, and only there", async () => {
  upstream.answers(answer("[]"));
  const forwardAuth = { "Accept-Encoding": "gzip", Range: "bytes=0-1", "If-Range": '"1"' };
  await get("/enforced").set(forwardAuth);
  expect(upstream.last().headers).not.toHaveProperty("range");
  expect(upstream.last().headers).not.toHaveProperty("if-range");
  expect(upstream.last().headers).not.toHaveProperty("accept-encoding");
  await get("/unseen").set(forwardAuth);
  expect(upstream.last().headers).toMatchObject({ "accept-encoding": "gzip", range: "bytes=0-1" });
});

it("answers 502 when the upstream breaks off before anything went on", async () => {
  upstream.answers((_req, res) => {
    res.writeHead(200, { "Content-Type": "application/json", "Content-Length": "100" });
    res.write("[1,");
    setTimeout(() => res.destroy(), 20);
  });
  const { status, body, headers } = await get("/enforced");
  expect({ status, code: body.code }).toEqual({ status: 502, code: "upstream-broken" });
  const line = service.logged().find((one) => one.requestId === headers["x-request-id"]);
  expect(line).toMatchObject({ level: 40, code: "upstream-broken", cause: expect.any(String) });
});
