import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { clearViolations, listViolations } from "../../../../src/store/request-violations.ts";
import { runCaptured } from "../../../support/process/program.ts";
import { aService } from "../../../support/service.ts";
import { temporaryFolder } from "../../../support/temporary.ts";
import { anUpstream } from "../../../support/upstream.ts";

const OK = "responses: { '200': { description: Fine. } }";
const BODY =
  "requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Order' } } } }";
const CONTRACT = `openapi: 3.1.1
info: { title: Shop, version: 1.0.0 }
x-latchkey:
  requests: report
  limits: { tight: { per: client, requests: 1, windowSeconds: 3600, burst: 1 } }
paths:
  /orders:
    get:
      operationId: listOrders
      security: [{ Token: [] }]
      x-latchkey: { scopes: [orders:read] }
      parameters:
        - { name: limit, in: query, schema: { type: integer, maximum: 100 } }
        - { name: X-Tenant, in: header, schema: { type: string, maxLength: 3 } }
      ${OK}
    post: { operationId: createOrder, security: [{ Token: [] }], ${BODY}, ${OK} }
    delete: { operationId: deleteOrders, security: [{ Token: [] }], ${OK} }
  /orders/{id}:
    get:
      operationId: getOrder
      security: [{ Token: [] }]
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      ${OK}
  /enforced: { post: { operationId: enforced, security: [{ Token: [] }], x-latchkey: { requests: enforce }, ${BODY}, ${OK} } }
  /limited: { get: { operationId: limited, security: [{ Token: [] }], x-latchkey: { limits: [tight] }, ${OK} } }
components:
  schemas:
    Order:
      type: object
      additionalProperties: false
      required: [items]
      properties: { name: { type: string }, items: { type: array, items: { type: object, properties: { size: { type: integer } } } } }
  securitySchemes:
    Token: { type: apiKey, in: header, name: X-Token, x-scopes: { orders:read: Read. } }
`;

const folder = temporaryFolder();
const path = join(folder, "shop.yaml");
const DATABASE_URL = `sqlite:${join(folder, "latchkey.db")}`;
writeFileSync(path, CONTRACT);
const upstream = anUpstream();
const service = aService(() => ({ LATCHKEY_CONTRACT: path, LATCHKEY_UPSTREAM: upstream.url, DATABASE_URL }));

let secret = "";
beforeAll(async () => {
  ({ secret } = await service.issue({ client: "shop", scopes: ["orders:read"] }));
});
beforeEach(() => upstream.forget());
afterEach(() => clearViolations(service.running.actions.db));

const call = (method: "get" | "post" | "delete", target: string) =>
  request(service.url)[method](target).set("X-Token", secret);

/** What is stored, once `count` violations are: they are written several times a second. */
async function stored(count = 1) {
  const { db } = service.running.actions;
  for (;;) {
    const found = await listViolations(db);
    if (found.reduce((sum, one) => sum + one.count, 0) >= count)
      return found.map(({ firstAt: _first, lastAt: _last, ...violation }) => violation);
    await new Promise(setImmediate);
  }
}

describe("a request that does not match the contract, where that is reported", () => {
  it("is passed on unchanged, and counted with a blacked-out example", async () => {
    const text = '{"name": "secret", "colour":"red", "items":[{"size":"big"}] }';
    for (const _ of [1, 2]) {
      await call("post", "/orders").set("Content-Type", "application/json").send(text).expect(200);
      expect(upstream.last().body).toBe(text);
    }
    const example = 'POST /orders {"name": "•••", "colour": "•••", "items": [{"size": "•••"}]}';
    expect(await stored(4)).toEqual(
      ["#/colour", "#/items/-/size"].map((pointer) => ({
        operation: "createOrder",
        pointer,
        detail: expect.any(String),
        count: 2,
        example,
      })),
    );
    const line = service.logged().find(({ msg }) => msg === "a request does not match the contract, and was passed on");
    expect(line).toMatchObject({ operation: "createOrder", example: expect.stringContaining("•••") });
    expect(JSON.stringify(service.logged())).not.toContain("secret");
  });

  it.each<[string, unknown, string]>([
    [
      "each type",
      { items: [], i: 5, f: 1.25, t: true, n: null },
      '{"items": [], "i": 0, "f": 0.5, "t": true, "n": null}',
    ],
    ["one item of a list", { items: [], l: [1, 2, 3] }, '{"items": [], "l": [0, … 3 in all]}'],
    ["a few levels", { items: [], a: { b: { c: { d: { e: 1 } } } } }, '{"items": [], "a": {"b": {"c": {"d": {…}}}}}'],
    ["a few levels of lists", { items: [], a: [[[[1]]]] }, '{"items": [], "a": [[[[…]]]]}'],
    [
      "a few of many names",
      { items: [], ...Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`n${index}`, 1])) },
      `{"items": [], ${Array.from({ length: 11 }, (_, index) => `"n${index}": 0`).join(", ")}, …}`,
    ],
    ["names without odd characters", { items: [], é: 1 }, '{"items": [], "?": 0}'],
  ])("has an example with %s", async (_, body, example) => {
    await call("post", "/orders")
      .send(body as object)
      .expect(200);
    expect((await stored())[0]?.example).toBe(`POST /orders ${example}`);
  });

  it("has an example that is cut off", async () => {
    await call("post", "/orders")
      .send({ items: [], ["x".repeat(400)]: 1 })
      .expect(200);
    expect((await stored())[0]?.example).toBe(`${`POST /orders {"items": [], "${"x".repeat(400)}`.slice(0, 300)}…`);
  });

  it.each([
    ["the query", "/orders?limit=1000&x=a%2Bb", "#/query/", "GET /orders?limit=•••&x=•••"],
    ["the path", "/orders/seven", "#/path/id", "GET /orders/{id}"],
  ])("may be invalid in %s", async (_, target, pointer, example) => {
    await call("get", target).expect(200);
    expect(upstream.last().url).toBe(target);
    const violations = await stored();
    expect(violations[0]).toMatchObject({ pointer: expect.stringContaining(pointer), example });
  });

  it.each([
    ["the query", () => call("get", `/orders?${secret}=1`), "#/query/[redacted]"],
    ["the body", () => call("post", "/orders").send({ items: [], [secret]: 1 }), "#/[redacted]"],
  ])("is counted without a key that was sent as a name in %s", async (_, send, pointer) => {
    await send().expect(200);
    const violations = await stored();
    expect(violations).toMatchObject([{ pointer }]);
    expect(JSON.stringify(violations)).not.toContain(secret);
  });

  it("may be invalid in a header", async () => {
    await call("get", "/orders").set("X-Tenant", "longer").expect(200);
    expect(upstream.last().headers["x-tenant"]).toBe("longer");
    expect(await stored()).toMatchObject([{ pointer: "#/header/x-tenant", example: "GET /orders x-tenant: •••" }]);
  });

  it.each([
    ["JSON that cannot be parsed", "application/json", "{'a': 1}", "the body is not valid JSON"],
    [
      "JSON with a name twice",
      "application/json",
      '{"items":[],"items":[]}',
      "an object in the body has the same name twice",
    ],
    ["null", "application/json", "null", "must be object"],
    ["another media type", "text/csv", "a,b\n1,2\n", "the Content-Type of the body is not supported"],
  ])("may have %s as its body", async (_, type, text, detail) => {
    await call("post", "/orders").set("Content-Type", type).send(text).expect(200);
    expect(upstream.last()).toMatchObject({ body: text, headers: { "content-type": type } });
    expect(await stored()).toMatchObject([{ operation: "createOrder", detail: expect.stringContaining(detail) }]);
  });

  it("may lack its body, or have one that is not declared", async () => {
    await call("post", "/orders").expect(200);
    expect(await stored()).toMatchObject([{ detail: "a body is required", example: "POST /orders" }]);
    await clearViolations(service.running.actions.db);
    await call("delete", "/orders").set("Content-Type", "application/json").send('{"all":true}').expect(200);
    expect(upstream.last()).toMatchObject({ method: "DELETE", body: '{"all":true}' });
    expect(await stored()).toMatchObject([{ operation: "deleteOrders", detail: "a body is not declared" }]);
  });

  it("is counted in the metrics", async () => {
    await call("get", "/orders?limit=x").expect(200);
    await stored();
    const admin = await service.issue({ client: "admin", scopes: ["metrics:read"] });
    const { text } = await request(service.url).get("/metrics").set("x-api-key", admin.secret);
    expect(text).toMatch(/^latchkey_request_violations_total\{operation="listOrders"\} [1-9]/m);
  });
});

describe("what is enforced nevertheless", () => {
  it.each([
    ["a key", () => request(service.url).get("/orders?limit=x"), 401],
    ["a valid key", () => request(service.url).get("/orders?limit=x").set("X-Token", "lk_live_wrong"), 401],
    ["a path of the contract", () => call("get", "/elsewhere"), 404],
    ["a method of the contract", () => call("post", "/orders/7"), 405],
    ["a path that is spelt in one way", () => call("get", "/orders/..%2fadmin"), 400],
    ["the method, in a query", () => call("post", "/orders?_method=DELETE").send({ items: [] }), 400],
    ["the method, as PHP reads it", () => call("post", "/orders?%20.method=DELETE").send({ items: [] }), 400],
    ["the method, as in a header", () => call("post", "/orders?X-HTTP-Method-Override=PUT").send({ items: [] }), 400],
    ["an operation that enforces", () => call("post", "/enforced").send({ colour: "red" }), 400],
    ["a body of limited size", () => call("post", "/orders").send({ name: "x".repeat(1_100_000) }), 413],
  ])("%s", async (_, send, status) => {
    expect((await send()).status).toBe(status);
    expect(upstream.recorded).toEqual([]);
  });

  it("is said when the service starts", () => {
    const line = service.logged().find(({ msg }) => String(msg).startsWith("invalid requests are passed on"));
    expect(line).toMatchObject({ operations: 5 });
  });

  it("a scope", async () => {
    const other = await service.issue({ client: "other", scopes: [] });
    const { status } = await request(service.url).get("/orders?limit=x").set("X-Token", other.secret);
    expect([status, upstream.recorded]).toEqual([403, []]);
  });

  it("a limit", async () => {
    expect((await call("get", "/limited?x=1")).status).toBe(200);
    expect((await call("get", "/limited?x=1")).status).toBe(429);
  });

  it("the operations of the service itself", async () => {
    const admin = await service.issue({ client: "admin", scopes: ["clients:write"] });
    const { status } = await request(service.url).post("/v1/clients").set("x-api-key", admin.secret).send({ nme: "x" });
    expect(status).toBe(400);
  });
});

const OBSERVE = ["contract", "observe", "--operation", "listOrders"];

describe("latchkey contract observe", () => {
  const environment = () => ({ DATABASE_URL, LATCHKEY_CONTRACT: path, LATCHKEY_UPSTREAM: upstream.url });

  it("shows what requests violate, with the place in the contract, and can forget it", async () => {
    await call("get", "/orders?limit=1000").expect(200);
    await stored();
    const { out } = await runCaptured([...OBSERVE], { environment: environment() });
    const line = CONTRACT.split("\n").findIndex((one) => one.includes("name: limit")) + 1;
    expect(out).toMatch(/^listOrders #\/query\/limit: .+\n {2}once, last at 20\S+Z/);
    expect(out).toContain(`(line ${line}, #/paths/~1orders/get/parameters)\n  such as GET /orders?limit=•••\n`);
    const { items } = JSON.parse((await runCaptured([...OBSERVE, "--json"], { environment: environment() })).out);
    expect(items).toEqual([
      expect.objectContaining({ operation: "listOrders", count: 1, line, place: "#/paths/~1orders/get/parameters" }),
    ]);

    const refused = await runCaptured(["contract", "observe", "--clear"], { environment: environment() });
    expect([refused.code, refused.err]).toEqual([2, "No terminal to ask for confirmation: add --yes.\n"]);
    const words = ["contract", "observe", "--clear", "--yes", "--operation", "listOrders"];
    expect((await runCaptured(words, { environment: environment() })).out).toBe(
      "Forgot the violations of listOrders.\n",
    );
    expect((await runCaptured([...OBSERVE], { environment: environment() })).out).toMatch(
      /^No violations are stored\./,
    );
  });
});
