import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { aService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { anUpstream } from "../support/upstream.ts";

const CONTRACT = `openapi: 3.1.1
info: { title: Orders, version: 1.0.0 }
x-latchkey: { cors: latchkey, limits: { visitors: { per: address, requests: 5, windowSeconds: 3600, burst: 5 } } }
paths:
  /orders/{id}:
    post:
      operationId: createOrder
      security: [{ Key: [] }]
      parameters:
        - { name: id, in: path, required: true, schema: { type: integer } }
        - { name: Idempotency-Key, in: header, required: true, schema: { type: string, maxLength: 40 } }
        - { name: content-TYPE, in: header, schema: { type: string, maxLength: 40 } }
      responses:
        '200': { description: d, headers: { X-Total-Count: { schema: { type: integer } }, etag: { schema: { type: string } } } }
        '404': { $ref: '#/components/responses/Missing' }
    get:
      operationId: getOrder
      security: [{ Query: [] }, { Login: [] }]
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      responses: { '200': { description: d } }
components:
  responses: { Missing: { description: d, headers: { X-Reason: { schema: { type: string } } } } }
  securitySchemes:
    Key: { type: apiKey, in: header, name: X-API-Key }
    Query: { type: apiKey, in: query, name: api_key }
    Login: { type: apiKey, in: header, name: X-Login, x-latchkey: { security: passthrough } }
`;

const ORIGIN = "https://app.example";
const upstream = anUpstream();
const folder = temporaryFolder();

function settingsFor(name: string, text: string, origins: string) {
  const path = join(folder, name);
  writeFileSync(path, text);
  return { LATCHKEY_CONTRACT: path, LATCHKEY_UPSTREAM: upstream.url, LATCHKEY_CORS_ORIGINS: origins };
}

const own = aService(() => settingsFor("own.yaml", CONTRACT, ORIGIN));
const HANDED = CONTRACT.replace("cors: latchkey", "cors: upstream");
const handed = aService(() => settingsFor("handed.yaml", HANDED, ""));
const both = aService(() => settingsFor("both.yaml", HANDED, ORIGIN));

const preflight = (url: string, path: string, method: string, headers: object = {}) =>
  request(url)
    .options(path)
    .set({ Origin: ORIGIN, "Access-Control-Request-Method": method, ...headers });

const listOf = (text: string | undefined) => (text ?? "").toLowerCase().split(", ");

beforeEach(() => {
  upstream.forget();
  upstream.respondWith((_req, res) => void res.setHeader("Content-Type", "application/json").end("{}"));
});

describe("a page of an allowed origin", () => {
  it("may send the headers that the operation declares, and read those that its responses declare", async () => {
    const { status, headers } = await preflight(own.url, "/orders/7", "POST");
    expect(status).toBe(204);
    const allowed = listOf(headers["access-control-allow-headers"]);
    expect(allowed).toEqual(expect.arrayContaining(["x-api-key", "authorization", "idempotency-key", "content-type"]));
    expect(new Set(allowed).size).toBe(allowed.length);
    expect(upstream.recorded).toEqual([]);

    const { secret } = await own.issue({ scopes: [] });
    const sent = { Origin: ORIGIN, "X-API-Key": secret, "Idempotency-Key": "i" };
    const response = await request(own.url).post("/orders/7").set(sent).expect(200);
    const exposed = listOf(response.headers["access-control-expose-headers"]);
    expect(exposed).toEqual(expect.arrayContaining(["x-total-count", "x-reason", "x-request-id"]));
    expect(exposed.filter((name) => name === "etag")).toHaveLength(1);
  });

  it("may send the credentials that the upstream checks, and nothing for an operation that is not there", async () => {
    const { headers } = await preflight(own.url, "/orders/7", "GET");
    expect(listOf(headers["access-control-allow-headers"])).toContain("x-login");
    const other = await preflight(own.url, "/nothing", "GET");
    expect(listOf(other.headers["access-control-allow-headers"])).not.toContain("x-login");
  });

  it.each(["Origin", "origin, Accept-Language", "Accept, ORIGIN", "*"])("gets Vary once: %s", async (vary) => {
    upstream.respondWith((_req, res) => void res.setHeader("Vary", vary).end());
    const { secret } = await own.issue({ scopes: [] });
    const { headers } = await request(own.url).get(`/orders/7?api_key=${secret}`).set("Origin", ORIGIN).expect(200);
    expect(headers["vary"]).toBe(vary);
  });

  it("gets the Vary of the upstream and that of the gateway", async () => {
    upstream.respondWith((_req, res) => void res.setHeader("Vary", "X-Origin").end());
    const { secret } = await own.issue({ scopes: [] });
    const { headers } = await request(own.url).get(`/orders/7?api_key=${secret}`).expect(200);
    expect(headers["vary"]).toBe("Origin, X-Origin");
  });

  it("is told nothing by the upstream, unless the contract says so", async () => {
    upstream.respondWith((_req, res) => void res.setHeader("Access-Control-Allow-Origin", "*").end());
    const { secret } = await own.issue({ scopes: [] });
    const { headers } = await request(own.url).get(`/orders/7?api_key=${secret}`).expect(200);
    expect(headers).not.toHaveProperty("access-control-allow-origin");
  });
});

describe("an upstream that decides about CORS", () => {
  const allowAll = () =>
    upstream.respondWith((_req, res) => {
      res.setHeader("Access-Control-Allow-Origin", "https://page.example");
      res.setHeader("Access-Control-Allow-Credentials", "true");
      res.setHeader("Vary", "Origin");
      res.writeHead(204).end();
    });

  it("gets preflights without a key, with the query of the request that will follow, but no key in it", async () => {
    allowAll();
    const { secret } = await handed.issue({ scopes: [] });
    const path = `/orders/abc?api_key=${secret}&undeclared=1`;
    const { status, headers } = await preflight(handed.url, path, "POST", {
      "Access-Control-Request-Headers": "idempotency-key",
    });
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      "access-control-allow-origin": "https://page.example",
      "access-control-allow-credentials": "true",
    });
    expect(upstream.last()).toMatchObject({
      method: "OPTIONS",
      url: "/orders/abc?undeclared=1",
      headers: { origin: ORIGIN, "access-control-request-headers": "idempotency-key" },
    });
    expect(JSON.stringify(upstream.last())).not.toContain(secret);
  });

  it("keeps its headers where Latchkey has origins of its own, whose refusals pages may read", async () => {
    allowAll();
    const { secret } = await both.issue({ scopes: [] });
    const target = `/orders/7?api_key=${secret}`;
    const { headers } = await request(both.url).get(target).set("Origin", ORIGIN).expect(204);
    expect(headers).toMatchObject({ "access-control-allow-origin": "https://page.example", vary: "Origin" });
    expect(headers).not.toHaveProperty("access-control-expose-headers");
    const refused = await request(both.url).get("/orders/7").set("Origin", ORIGIN).expect(401);
    expect(refused.headers).toMatchObject({ "access-control-allow-origin": ORIGIN });
    await preflight(both.url, "/orders/7", "GET").expect(204);
    expect(upstream.last().method).toBe("OPTIONS");
  });

  it("gets no OPTIONS that is not a preflight, none for paths that are not declared, and no other request", async () => {
    await request(handed.url).options("/orders/7").expect(204).expect("Allow", /POST/);
    await request(handed.url).options("/orders/7").set("Origin", ORIGIN).expect(204);
    await preflight(handed.url, "/nothing", "GET").expect(404);
    await preflight(handed.url, "/v1/keys", "GET").expect(204);
    await request(handed.url)
      .get("/orders/7")
      .set({ Origin: ORIGIN, "Access-Control-Request-Method": "GET" })
      .expect(401);
    expect(upstream.recorded).toEqual([]);
  });

  it("gets so many preflights from an address as its limits allow", async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 8; count++) statuses.push((await preflight(handed.url, "/orders/7", "GET")).status);
    expect(statuses.at(-1)).toBe(429);
  });

  it("is shown without operations for preflights", async () => {
    const { body } = await request(handed.url).get("/openapi.json").expect(200);
    expect(Object.keys(body.paths["/orders/{id}"])).toEqual(["post", "get"]);
  });
});
