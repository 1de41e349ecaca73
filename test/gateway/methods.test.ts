import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { aService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { anUpstream } from "../support/upstream.ts";
import { aRequest, type RawResponse, sendRaw } from "../support/wire/raw.ts";

const operation = (method: string) => `    ${method}:
      operationId: ${method}Item
      security: [{ ApiKey: [items:${method}] }]
      x-latchkey: { responses: ${method === "trace" ? "off" : "enforce"} }
      responses: { '200': { description: Done., content: { application/json: { schema: { type: object } } } } }
`;
const CONTRACT = `openapi: 3.1.1
info: { title: Items, version: 1.0.0 }
paths:
  /both/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string, maxLength: 9 } }]
${["get", "head", "options", "trace"].map(operation).join("")}  /only-get:
${operation("get").replace("getItem", "getOnly")}  /only-head:
${operation("head").replace("headItem", "headOnly")}components:
  securitySchemes:
    ApiKey: { type: apiKey, in: header, name: X-API-Key, x-scopes: { items:get: a, items:head: b, items:options: c, items:trace: d } }
`;

const ORIGIN = "https://app.example.com";
const folder = temporaryFolder();
const upstream = anUpstream();
const service = aService(() => {
  const path = join(folder, "items.yaml");
  writeFileSync(path, CONTRACT);
  return {
    LATCHKEY_CONTRACT: path,
    LATCHKEY_UPSTREAM: upstream.url,
    LATCHKEY_UPSTREAM_SECRET: "0123456789abcdef0123456789abcdef",
    LATCHKEY_CORS_ORIGINS: ORIGIN,
  };
});

const keys: Record<string, string> = {};
beforeAll(async () => {
  for (const method of ["get", "head", "options", "trace"]) {
    keys[method] = (await service.issue({ scopes: [`items:${method}`] })).secret;
  }
});
beforeEach(() => {
  upstream.forget();
  upstream.respondWith((req, res) => {
    res.setHeader("Content-Type", "application/json");
    if (req.method === "HEAD") res.setHeader("Content-Length", 1234).end();
    else res.setHeader("Allow", "GET, PATCH").end("{}");
  });
});

const send = (method: string, path: string, lines: readonly string[] = []): Promise<RawResponse> =>
  sendRaw(service.port, Buffer.from(aRequest(path, lines, method)));
const withKey = (name: string) => [`x-api-key: ${keys[name]}`];

describe("an operation that the contract declares under HEAD", () => {
  it("is forwarded as HEAD, with its own scope and the upstream's Content-Length", async () => {
    const { status, headers } = await send("HEAD", "/both/7", withKey("head"));
    expect({ status, length: headers["content-length"] }).toEqual({ status: 200, length: "1234" });
    expect(upstream.last()).toMatchObject({ method: "HEAD", url: "/both/7" });
    expect((await send("HEAD", "/both/7", withKey("get"))).status).toBe(403);
    expect((await send("GET", "/both/7", withKey("head"))).status).toBe(403);
  });

  it("may be the only one", async () => {
    expect((await send("HEAD", "/only-head", withKey("head"))).status).toBe(200);
    expect(await send("GET", "/only-head", withKey("head"))).toMatchObject({
      status: 405,
      headers: { allow: "HEAD, OPTIONS" },
    });
  });

  it("is GET where the contract declares only that", async () => {
    expect((await send("HEAD", "/only-get", withKey("get"))).status).toBe(200);
    expect(upstream.last().method).toBe("GET");
  });
});

describe("an operation that the contract declares under OPTIONS", () => {
  it("is forwarded, and needs its scope", async () => {
    expect(await send("OPTIONS", "/both/7", withKey("options"))).toMatchObject({
      status: 200,
      headers: { allow: "GET, PATCH" },
    });
    expect(upstream.last().method).toBe("OPTIONS");
    expect((await send("OPTIONS", "/both/7")).status).toBe(401);
    expect((await send("OPTIONS", "/both/7", withKey("get"))).status).toBe(403);
  });

  it("leaves the preflights of allowed origins to the service", async () => {
    const preflight = (origin: string) => [`Origin: ${origin}`, "Access-Control-Request-Method: GET"];
    const { status, headers } = await send("OPTIONS", "/both/7", preflight(ORIGIN));
    expect(status).toBe(204);
    expect(headers["access-control-allow-origin"]).toBe(ORIGIN);
    expect(headers["allow"]?.split(", ").toSorted()).toEqual(["GET", "HEAD", "OPTIONS", "TRACE"]);
    expect((await send("OPTIONS", "/both/7", preflight("https://other.example.com"))).status).toBe(401);
    expect(upstream.recorded).toEqual([]);
  });

  it("is a reply of the service where the contract declares none", async () => {
    expect(await send("OPTIONS", "/only-get")).toMatchObject({ status: 204, headers: { allow: "GET, HEAD, OPTIONS" } });
  });
});

describe("an operation that the contract declares under TRACE", () => {
  it("is forwarded without the key and the signature, which its response would show", async () => {
    upstream.respondWith((_req, res) => void res.setHeader("Content-Type", "message/http").end("TRACE"));
    expect((await send("TRACE", "/both/7", withKey("trace"))).status).toBe(200);
    const { method, rawHeaders } = upstream.last();
    expect(method).toBe("TRACE");
    expect(rawHeaders.join()).not.toContain(keys["trace"]);
    expect(rawHeaders.join()).not.toMatch(/signature/i);
  });

  it("is not allowed anywhere else", async () => {
    expect((await send("TRACE", "/only-get", withKey("trace"))).status).toBe(405);
  });
});
