import { writeFileSync } from "node:fs";
import { request as nodeRequest } from "node:http";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { aService } from "../../../support/service.ts";
import { temporaryFolder } from "../../../support/temporary.ts";
import { anUpstream } from "../../../support/upstream.ts";

const CONTRACT = `openapi: 3.1.0
info: { title: bodies, version: "1" }
x-latchkey: { maxBodyBytes: 300000 }
paths:
  /json:
    post:
      operationId: postJson
      requestBody: { required: true, content: { application/json: { schema: { type: object, additionalProperties: { type: string } } } } }
      responses: { '200': { description: ok } }
  /large:
    post:
      operationId: postLarge
      x-latchkey: { maxBodyBytes: 2000000 }
      requestBody: { required: true, content: { application/json: { schema: { type: array, items: { type: integer } } } } }
      responses: { '200': { description: ok } }
  /any:
    put:
      operationId: putAny
      requestBody: { required: true, content: { '*/*': { schema: { type: string, format: binary } } } }
      responses: { '200': { description: ok } }
  /aspnet:
    post:
      operationId: aspnet
      requestBody:
        required: true
        content:
          'application/json; charset=utf-8': { schema: { type: object, required: [a], properties: { a: { type: integer } } } }
          text/json: { schema: { type: object, required: [b], properties: { b: { type: integer } } } }
          'application/*+json': { schema: { type: object, required: [c], properties: { c: { type: integer } } } }
      responses: { '200': { description: ok } }
  /tree:
    post:
      operationId: postTree
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Tree' } } } }
      responses: { '200': { description: ok } }
components:
  schemas:
    Tree:
      type: object
      allOf: [{ $ref: '#/components/schemas/Named' }]
      properties: { child: { oneOf: [{ $ref: '#/components/schemas/Tree' }, { type: 'null' }] }, children: { type: array, items: { anyOf: [{ $ref: '#/components/schemas/Tree' }] } } }
    Named: { type: object, properties: { name: { type: string, maxLength: 9 } } }
  securitySchemes: { ApiKey: { type: apiKey, in: header, name: X-API-Key } }
security: [{ ApiKey: [] }]
`;

const folder = temporaryFolder();
const upstream = anUpstream();
const service = aService(() => {
  const contract = join(folder, "openapi.yaml");
  writeFileSync(contract, CONTRACT);
  return { LATCHKEY_CONTRACT: contract, LATCHKEY_UPSTREAM: upstream.url };
});
let secret = "";

beforeAll(async () => {
  ({ secret } = await service.issue({ scopes: [] }));
});
beforeEach(() => upstream.forget());

function send(path: string, text: string, type = "application/json") {
  const method = path === "/any" ? "put" : "post";
  return request(service.url)[method](path).set("x-api-key", secret).set("Content-Type", type).send(text);
}

const listOf = (bytes: number) => `[${"1,".repeat(Math.floor((bytes - 3) / 2))}1]`;

describe("a large body of JSON", () => {
  it("is passed on as it was sent, up to the limit of its operation", async () => {
    const text = listOf(1_900_000);
    expect((await send("/large", text)).status).toBe(200);
    expect(upstream.last().body).toBe(text);
  });

  it("is checked", async () => {
    const answer = await send("/large", `${listOf(900_000).slice(0, -1)},"x"]`);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].pointer).toMatch(/^#\/\d+$/);
    expect((await send("/large", `${listOf(900_000)}]`)).body.code).toBe("body-malformed");
    expect(upstream.recorded).toEqual([]);
  });

  it.each([
    ["/large", listOf(2_000_001), "2,000,000"],
    ["/json", JSON.stringify({ a: "x".repeat(300_000) }), "300,000"],
  ])("over the limit of %s is 413 and told how to raise it", async (path, text, limit) => {
    const answer = await send(path, text);
    expect([answer.status, answer.body.code]).toEqual([413, "content-too-large"]);
    expect(answer.body.detail).toContain(limit);
    expect(answer.body.detail).toContain("maxBodyBytes in x-latchkey, or LATCHKEY_MAX_BODY_BYTES");
  });
});

describe("JSON that a schema admits", () => {
  const tree = (levels: number, name: string) =>
    `${'{"child":'.repeat(levels - 1)}{"name":${name}}${"}".repeat(levels - 1)}`;
  const wide = (levels: number, name: string) =>
    `${'{"children":['.repeat(levels / 2 - 1)}{"name":${name}}${"]}".repeat(levels / 2 - 1)}`;

  it.each([
    ["200 levels of objects", tree(200, '"a"')],
    ["200 levels of objects and arrays", wide(200, '"a"')],
    ["U+0000 and half of a surrogate pair in a text", String.raw`{"name":"\u0000\ud800"}`],
    ["the same in a large body", `{"x":"${"x".repeat(70_000)}","name":"\\u0000"}`],
  ])("may have %s, and is passed on as it was sent", async (_, text) => {
    expect((await send("/tree", text)).status).toBe(200);
    expect(upstream.last().body).toBe(text);
  });

  it.each([
    ["a wrong value at its end", tree(200, "1"), "request-invalid"],
    ["a wrong value at the end of its lists", wide(200, "1"), "request-invalid"],
    ["201 levels", tree(201, '"a"'), "body-malformed"],
    ["U+0000 in a name", String.raw`{"role\u0000":"admin"}`, "body-malformed"],
    ["half of a surrogate pair in a name", String.raw`{"a\ud800":1}`, "body-malformed"],
  ])("is refused with %s", async (_, text, code) => {
    const { status, body } = await send("/tree", text);
    expect([status, body.code]).toEqual([400, code]);
    expect(upstream.recorded).toEqual([]);
  });
});

describe("small bodies without a length", () => {
  it("need no share of the memory for large ones while they are handled", async () => {
    // Half of 64 MiB is enough for 16 bodies of 2 MB.
    const count = 20;
    const waiting: (() => void)[] = [];
    upstream.respondWith((_req, res) => {
      waiting.push(() => res.end("ok"));
      if (waiting.length === count) for (const respond of waiting) respond();
    });
    const post = () =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = { "x-api-key": secret, "content-type": "application/json" };
        const req = nodeRequest(`${service.url}/large`, { method: "POST", headers });
        req.on("response", (res) => resolve(res.resume().statusCode)).on("error", reject);
        req.write("[1,");
        req.end("2]");
      });
    expect(await Promise.all(Array.from({ length: count }, post))).toEqual(Array(count).fill(200));
    upstream.respondWith((_req, res) => void res.end("ok"));
  });
});

describe("the media type of a body", () => {
  it.each([
    ["application/json", '{"a":1}'],
    ["application/json; charset=utf-8", '{"a":1}'],
    ["text/json", '{"b":1}'],
    ["application/merge-patch+json; charset=utf-8", '{"c":1}'],
  ])("%s is read with its own schema", async (type, text) => {
    expect((await send("/aspnet", text, type)).status).toBe(200);
    expect(upstream.last().body).toBe(text);
    expect(upstream.last().headers["content-type"]).toBe(type);
    const answer = await send("/aspnet", "{}", type);
    expect([answer.status, answer.body.errors?.[0].detail]).toEqual([400, expect.stringContaining("required")]);
  });

  it("that is not declared is 415, with what is accepted", async () => {
    const answer = await send("/aspnet", "a", "text/plain");
    expect([answer.status, answer.body.code]).toEqual([415, "media-type-unsupported"]);
    expect(answer.body.detail).toContain("send application/json; charset=utf-8 or text/json or application/*+json");
  });

  it.each(["text/plain", "application/json", "image/png", "application/x-www-form-urlencoded"])(
    "may be anything, and %s too, where bytes are declared",
    async (type) => {
      expect((await send("/any", "{not json", type)).status).toBe(200);
      expect(upstream.last()).toMatchObject({ body: "{not json", headers: { "content-type": type } });
    },
  );
});
