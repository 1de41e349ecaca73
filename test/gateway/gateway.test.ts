import { createHmac } from "node:crypto";
import { writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { UNKNOWN_SECRET } from "../support/builders.ts";
import { aService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { anUpstream } from "../support/upstream.ts";

const CONTRACT = `openapi: 3.1.1
info: { title: Shop, version: 1.0.0 }
servers: [{ url: / }]
paths:
  /items:
    get:
      operationId: listItems
      security: [{ Token: [items:read] }]
      parameters:
        - { name: q, in: query, schema: { type: string, maxLength: 20 } }
        - { name: n, in: query, schema: { type: integer, minimum: 1, maximum: 9 } }
      responses: { '200': { description: Items. } }
    post:
      operationId: addItem
      security: [{ Token: [items:write] }]
      requestBody:
        required: true
        content:
          application/json:
            schema: { type: object, additionalProperties: false, properties: { name: { type: string, maxLength: 9 } } }
      responses: { '201': { description: Added. } }
  /items/mine:
    get:
      operationId: getMine
      security: [{ Token: [mine:read] }]
      responses: { '200': { description: Mine. } }
  /items/{id}:
    get:
      operationId: getItem
      security: [{ Token: [items:read] }]
      parameters: [{ name: id, in: path, required: true, schema: { type: string, maxLength: 40 } }]
      responses: { '200': { description: Item. } }
  /files:
    put:
      operationId: putFile
      security: [{ Token: [items:write] }]
      x-latchkey: { body: stream }
      requestBody: { required: true, content: { application/json: { schema: { type: object } }, image/*: {} } }
      responses: { '204': { description: Kept. } }
  /either:
    get:
      operationId: getEither
      security: [{ Token: [items:read] }, { Other: [mine:read] }]
      responses: { '200': { description: Either. } }
  /by-query:
    get:
      operationId: byQuery
      security: [{ QueryToken: [items:read] }]
      parameters: [{ name: q, in: query, schema: { type: string, maxLength: 20 } }]
      responses: { '200': { description: Items. } }
  /tenants:
    get:
      operationId: getTenant
      security: [{ Token: [items:read] }]
      parameters:
        - { name: X-Tenant, in: header, required: true, schema: { type: string, pattern: '^[a-z, ]+$', maxLength: 20 } }
        - { name: Referer, in: header, schema: { type: string, pattern: '^https://ours[.]example/', maxLength: 40 } }
        - { name: X-Depth, in: header, schema: { type: integer, minimum: 1, maximum: 20 } }
      responses: { '200': { description: Tenant. } }
  /open:
    get:
      operationId: getOpen
      security: []
      responses: { '200': { description: Open. } }
  /accounts:
    get:
      operationId: listAccounts
      security: [{ Token: [items:read], User: [accounts] }]
      responses: { '200': { description: Accounts. } }
  /login:
    get:
      operationId: getLogin
      security: [{ Login: [] }]
      x-latchkey: { security: passthrough }
      responses: { '200': { description: In. } }
components:
  securitySchemes:
    Token: { type: apiKey, in: header, name: X-Token, x-scopes: { items:read: a, items:write: b, mine:read: c } }
    Other: { type: apiKey, in: header, name: X-Other }
    QueryToken: { type: apiKey, in: query, name: token, x-scopes: { items:read: a } }
    Login: { type: http, scheme: basic }
    User: { type: oauth2, flows: { clientCredentials: { tokenUrl: 'https://login.example/token', scopes: { accounts: All. } } } }
`;

const SECRET = "0123456789abcdef0123456789abcdef";
const folder = temporaryFolder();
const upstream = anUpstream();
const service = aService(() => {
  const path = join(folder, "shop.yaml");
  writeFileSync(path, CONTRACT);
  return {
    LATCHKEY_CONTRACT: path,
    LATCHKEY_LENIENT: "true",
    LATCHKEY_UPSTREAM: `${upstream.url}/base/`,
    LATCHKEY_UPSTREAM_SECRET: SECRET,
  };
});

/** A service whose upstream is unreachable. */
const alone = aService(() => ({
  LATCHKEY_CONTRACT: join(folder, "shop.yaml"),
  LATCHKEY_LENIENT: "true",
  LATCHKEY_UPSTREAM: "http://127.0.0.1:1",
}));

const JSON_RESPONSE: RequestListener = (_req, res) =>
  void res.setHeader("Content-Type", "application/json").end('{"ok":true}');
let secret = "";
let keyId = "";
let clientId = "";
beforeEach(async () => {
  if (secret === "") {
    const issued = await service.issue({ client: "shop", scopes: ["items:read", "items:write"] });
    ({ secret } = issued);
    keyId = issued.key.id;
    clientId = issued.key.client.id;
  }
  upstream.respondWith(JSON_RESPONSE);
  upstream.forget();
});

const get = (path: string) => request(service.url).get(path).set("X-Token", secret);

describe("a request with a key", () => {
  it("passes on the trace of the client, and the request id of the gateway", async () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const sent = { traceparent, tracestate: "a=1", "X-Request-Id": "of-the-client" };
    const response = await get("/items").set(sent);
    expect(upstream.last().headers).toMatchObject({ traceparent, tracestate: "a=1" });
    expect(upstream.last().headers["x-request-id"]).toBe(response.headers["x-request-id"]);
    expect(response.headers["x-request-id"]).not.toBe("of-the-client");
  });

  it("gets redirects to the upstream as paths of the gateway", async () => {
    upstream.respondWith((_req, res) => {
      res.writeHead(302, { Location: `${upstream.url}/base/items/3`, "Content-Location": "/base/items?q=1" }).end();
    });
    const { headers } = await get("/items");
    expect(headers).toMatchObject({ location: "/items/3", "content-location": "/items?q=1" });
  });

  it("is sent to the upstream without the key and with the identity of the caller", async () => {
    const response = await get("/items?q=a%20b&n=3").set("Accept", "application/json");
    expect(response.body).toEqual({ ok: true });
    const { method, url, headers } = upstream.last();
    expect({ method, url }).toEqual({ method: "GET", url: "/base/items?q=a%20b&n=3" });
    expect(headers).toMatchObject({
      accept: "application/json",
      host: new URL(upstream.url).host,
      "x-latchkey-client": clientId,
      "x-latchkey-key": keyId,
      "x-latchkey-scopes": "items:read items:write",
      "x-latchkey-environment": "live",
      "x-request-id": response.headers["x-request-id"],
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "http",
      "x-forwarded-host": new URL(service.url).host,
    });
    expect(JSON.stringify(upstream.last())).not.toContain(secret);
  });

  it("may carry it as a Bearer token, or in the query where the contract says so", async () => {
    await request(service.url).get("/items").set("Authorization", `Bearer ${secret}`).expect(200);
    expect(upstream.last().headers.authorization).toBeUndefined();
    await request(service.url).get(`/by-query?q=1&token=${secret}`).expect(200);
    expect(upstream.last().url).toBe("/base/by-query?q=1");
  });

  it("is signed, so that the upstream can recognize it", async () => {
    const before = Math.floor(Date.now() / 1000);
    await get("/items?q=1").expect(200);
    const { headers } = upstream.last();
    const [, at = "", given = ""] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers["x-latchkey-signature"])) ?? [];
    expect(Number(at)).toBeGreaterThanOrEqual(before);
    expect(Number(at)).toBeLessThanOrEqual(Date.now() / 1000);
    const names = ["client", "key", "scopes", "environment"].map((name) => headers[`x-latchkey-${name}`]);
    const text = [at, "GET", "/base/items?q=1", ...names, headers["x-request-id"]].join("\n");
    expect(createHmac("sha256", SECRET).update(text).digest("hex")).toBe(given);
  });

  it("must satisfy one of several alternatives", async () => {
    await get("/either").expect(200);
    await request(service.url).get("/either").set("X-Other", secret).expect(200);
    const mine = await service.issue({ client: "shop", scopes: ["mine:read"] });
    await request(service.url).get("/either").set("X-Other", mine.secret).expect(200);
    const neither = await service.issue({ client: "shop", scopes: ["items:write"] });
    await request(service.url).get("/either").set("X-Token", neither.secret).expect(403);
    await request(service.url).get("/either").expect(401);
  });

  it("has only the Content-Type that was checked", async () => {
    await raw(
      `POST /items HTTP/1.1\r\nHost: a\r\nX-Token: ${secret}\r\nContent-Type: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
    );
    for (const { rawHeaders } of upstream.recorded) expect(rawHeaders.join(" ")).not.toContain("x-www-form-urlencoded");
  });

  it("carries its body, once that was read and checked", async () => {
    await request(service.url).post("/items").set("X-Token", secret).send({ name: "é" }).expect(200);
    expect(upstream.last()).toMatchObject({
      method: "POST",
      body: '{"name":"é"}',
      headers: { "content-type": "application/json", "content-length": "13" },
    });
    upstream.forget();
    await request(service.url).post("/items").set("X-Token", secret).send({ name: "far too long" }).expect(400);
    await request(service.url).post("/items").set("X-Token", secret).send({ other: 1 }).expect(400);
    expect(upstream.recorded).toEqual([]);
  });

  it("streams a body where the contract says so, of any size", async () => {
    let received = 0;
    upstream.respondWith(
      (req, res) => {
        req.on("data", (piece: Buffer) => (received += piece.length));
        req.on("end", () => res.writeHead(204).end());
      },
      { streaming: true },
    );
    const megabyte = Buffer.alloc(1_048_576, 7);
    const body = new ReadableStream({
      start: (controller) => {
        for (let count = 0; count < 20; count++) controller.enqueue(megabyte);
        controller.close();
      },
    });
    const response = await fetch(`${service.url}/files`, {
      method: "PUT",
      headers: { "X-Token": secret, "Content-Type": "image/png" },
      body,
      duplex: "half",
    } as RequestInit);
    expect(response.status).toBe(204);
    expect(received).toBe(20 * 1_048_576);
    expect(upstream.last().headers["content-type"]).toBe("image/png");
    await request(service.url).put("/files").set("X-Token", secret).type("text/plain").send("no").expect(415);
  });

  it("reuses connections to the upstream", async () => {
    await get("/items").expect(200);
    const before = upstream.connections;
    for (let count = 0; count < 10; count++) await get("/items").expect(200);
    expect(upstream.connections).toBe(before);
  });
});

describe("a request is not sent to the upstream", () => {
  it.each([
    ["without a key", (path: string) => request(service.url).get(path), 401],
    [
      "with a key that was never issued",
      (path: string) => request(service.url).get(path).set("X-Token", "lk_live_x"),
      401,
    ],
    ["without the scope", (path: string) => get(path.replace("/items", "/items/mine")), 403],
    ["without the scope, in another spelling", () => get("/items/%6dine"), 403],
    ["with a number in an unusual notation", (path: string) => get(`${path}?n=0x1`), 400],
    ["for an unknown path", () => get("/other"), 404],
    [
      "with a body that is not declared",
      (path: string) => get(path).set("Content-Type", "text/plain").send("x=1"),
      400,
    ],
    ["with another method", () => request(service.url).delete("/items").set("X-Token", secret), 405],
  ])("%s", async (_, ask, status) => {
    await ask("/items").expect(status);
    expect(upstream.recorded).toEqual([]);
  });

  it.each([
    "/items/..",
    "/items/%2e%2e",
    "/items/%2e%2e%2fadmin",
    "/items/..%2fadmin",
    "/items/%252e%252e",
    "/items/%252e%252e%252fadmin",
    "/items/%25252e%25252e",
    "/items/a%5cb",
    "/items/a%255cb",
    "/items/a%00b",
    "/items/a%2500b",
    "/items/mine;b",
    "/items/mine%3bb",
    "/items/..;b",
    "/items/..%3bb",
    "/items//mine",
    "//items",
    "/./items",
    "/items/%c0%ae",
    "/ITEMS",
    "/items/",
  ])("for %s, which could be read as another path", async (path) => {
    const text = await raw(`GET ${path} HTTP/1.1\r\nHost: a\r\nX-Token: ${secret}\r\nConnection: close\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 40[04] /);
    expect(upstream.recorded).toEqual([]);
  });

  it("in another path than the matched one: parameters arrive as they were sent", async () => {
    for (const [path, arrived] of [
      ["/items/a%20b", "/base/items/a%20b"],
      ["/items/caf%C3%A9", "/base/items/caf%C3%A9"],
      ["/items/caf%c3%a9", "/base/items/caf%c3%a9"],
      ["/items/a(b)'c!", "/base/items/a(b)'c!"],
      ["/items/a:b@c", "/base/items/a:b@c"],
      ["/items/%7Eme", "/base/items/%7Eme"],
      ["/items/a%3Bb", "/base/items/a%3Bb"],
      ["/items/a;b", "/base/items/a;b"],
      ["/%69tems/a", "/base/items/a"],
    ]) {
      await get(String(path)).expect(200);
      expect(upstream.last().url).toBe(arrived);
    }
  });
});

describe("a path parameter that programs could read as another path", () => {
  it.each([
    ["a%2Fb", /^The path parameter id must not contain an encoded slash \(%2F\); the contract can allow it/],
    ["a%5Cb", /^The path parameter id must not contain a backslash/],
    ["a%0Ab", /^The path parameter id must not contain a backslash or a control character/],
    ["%20", /^The path parameter id must not be blank/],
    ["%2e%2E", /^The path parameter id must not be blank or a dot segment/],
    ["mine;b", /^The path parameter id is another path/],
  ])("is refused with its name: %s", async (value, detail) => {
    const { status, body } = await request(service.url).get(`/items/${value}`).set("X-Token", secret);
    expect([status, body.code, body.detail]).toEqual([400, "target-invalid", expect.stringMatching(detail)]);
    expect(upstream.recorded).toEqual([]);
  });
});

describe("what a client sends", () => {
  it("in headers of the gateway does not reach the upstream", async () => {
    await raw(
      [
        "GET /items HTTP/1.1",
        "Host: a",
        `X-Token: ${secret}`,
        ...[
          "X-Latchkey-Client: admin",
          "x_latchkey_client: admin",
          "X-LATCHKEY_Scopes: all",
          "X-Latchkey-Signature: t=1",
        ],
        ...["X-Forwarded-For: 6.6.6.6", "X_Forwarded_For: 6.6.6.6", "Forwarded: for=6.6.6.6", "X-Real-IP: 6.6.6.6"],
        ...["Connection: close, X-Private", "X-Private: 1", "Keep-Alive: 1", "TE: trailers", "Proxy-Authorization: x"],
        "\r\n",
      ].join("\r\n"),
    );
    const { rawHeaders } = upstream.last();
    expect(rawHeaders.join(" ")).not.toMatch(/admin|6\.6\.6\.6|X-Private|trailers|\ball\b|t=1\b|Proxy-Auth/i);
    expect(rawHeaders.filter((text) => /latchkey[-_]client/i.test(text))).toHaveLength(1);
  });

  const askTenant = (...headers: readonly string[]) =>
    raw(
      ["GET /tenants HTTP/1.1", "Host: a", `X-Token: ${secret}`, ...headers, "Connection: close", "\r\n"].join("\r\n"),
    );
  const linesOf = (pattern: RegExp) =>
    upstream
      .last()
      .rawHeaders.flatMap((text, at, all) => (at % 2 === 0 && pattern.test(text) ? [[text, all[at + 1]]] : []));

  it("in a checked header arrives as it was checked: in one line, and under one name", async () => {
    await askTenant("X-Tenant: one", "Referer: https://ours.example/", "Referer: https://evil.example/", "X-Depth: 7");
    expect(linesOf(/tenant|referer|depth/i)).toEqual([
      ["X-Tenant", "one"],
      ["Referer", "https://ours.example/"],
      ["X-Depth", "7"],
    ]);
    await askTenant("X-Tenant: one", "x-tenant: two");
    expect(linesOf(/tenant/i)).toEqual([["X-Tenant", "one, two"]]);
    await askTenant("X-Tenant: one", "X_Tenant: Evil", "X~Tenant: Evil", "Refe_rer: Evil");
    expect(linesOf(/tenant|refe/i)).toEqual([["X-Tenant", "one"]]);
  });

  it("in a checked header arrives even if Connection names it", async () => {
    await askTenant("X-Tenant: one", "Connection: X-Tenant, X-Private", "X-Private: 1", "X~Private: 1");
    expect(linesOf(/tenant|private/i)).toEqual([["X-Tenant", "one"]]);
    upstream.forget();
    await raw(
      `POST /items HTTP/1.1\r\nHost: a\r\nX-Token: ${secret}\r\nContent-Type: application/json\r\nContent_Type: text/evil\r\nContent-Length: 2\r\nConnection: close, content-type\r\n\r\n{}`,
    );
    expect(linesOf(/content.type/i)).toEqual([["Content-Type", "application/json"]]);
  });

  it("in Cookie and Origin arrives even if Connection names them", async () => {
    await askTenant("X-Tenant: one", "Cookie: a=1", "Origin: https://a.example", "Connection: Cookie, Origin");
    expect(linesOf(/cookie|origin/i)).toEqual([
      ["Cookie", "a=1"],
      ["Origin", "https://a.example"],
    ]);
  });

  it("in a header as a number in an unusual notation is refused", async () => {
    expect(await askTenant("X-Tenant: one", "X-Depth: 0x10")).toMatch(/^HTTP\/1\.1 400 /);
    expect(upstream.recorded).toEqual([]);
  });

  it("for the security of the upstream itself reaches it, and no key does", async () => {
    const login = request(service.url).get("/login");
    await login.set("Authorization", "Basic YTpi").set("X-Token", secret).expect(200);
    expect(upstream.last().headers).toMatchObject({ authorization: "Basic YTpi" });
    expect(JSON.stringify(upstream.last())).not.toContain(secret);
    expect(upstream.last().headers["x-latchkey-client"]).toBeUndefined();
    // A client may send its key there by mistake.
    await request(service.url).get(`/login?token=${secret}`).set("Authorization", `Bearer ${secret}`);
    expect(upstream.last().url).toBe("/base/login");
    expect(JSON.stringify(upstream.last())).not.toContain(secret);
    expect(upstream.last().headers).not.toHaveProperty("authorization");
    await request(service.url).get("/open").set("Authorization", "Basic YTpi").expect(200);
    expect(upstream.last().headers.authorization).toBeUndefined();
  });
});

describe("a login beside a key", () => {
  const JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln";
  const send = (path: string, lines: Readonly<Record<string, string>>) => request(service.url).get(path).set(lines);
  const codeOf = async (path: string, lines: Readonly<Record<string, string>>) => {
    const { status, body } = await send(path, lines);
    return [status, body.code];
  };

  it.each([
    ["a JWT", `Bearer ${JWT}`],
    ["Basic", "Basic YTpi"],
    ["another scheme", 'Digest username="a"'],
    ["an opaque token", "Bearer 8f14e45fceea167a"],
  ])("is passed on to the upstream unchanged, and the key is not: %s", async (_, login) => {
    for (const path of ["/items", "/accounts", "/open", `/by-query?token=${secret}`]) {
      upstream.forget();
      await send(path, { "X-Token": secret, Authorization: login }).expect(200);
      expect(upstream.last().headers.authorization).toBe(login);
      expect(JSON.stringify(upstream.last())).not.toContain(secret);
    }
  });

  it("is checked by the upstream, the key by the gateway", async () => {
    await send("/accounts", { "X-Token": secret }).expect(200);
    expect(await codeOf("/accounts", { Authorization: `Bearer ${JWT}` })).toEqual([401, "key-missing"]);
    const weak = await service.issue({ client: "shop", scopes: ["items:write"] });
    const lines = { "X-Token": weak.secret, Authorization: `Bearer ${JWT}` };
    expect(await codeOf("/accounts", lines)).toEqual([403, "scope-missing"]);
    expect(await codeOf("/accounts", { ...lines, "X-Token": "junk" })).toEqual([401, "key-invalid"]);
  });

  it("is not a key when it comes alone", async () => {
    expect(await codeOf("/items", { Authorization: `Bearer ${JWT}` })).toEqual([401, "key-invalid"]);
    expect(await codeOf("/items", { Authorization: "Basic YTpi" })).toEqual([401, "key-missing"]);
  });

  it("must not be a second key, and must not come twice", async () => {
    const other = await service.issue({ client: "shop", scopes: ["items:read"] });
    for (const path of ["/items", "/accounts"]) {
      const second = { "X-Token": secret, Authorization: `Bearer ${other.secret}` };
      expect(await codeOf(path, second)).toEqual([400, "key-ambiguous"]);
      const twice = `GET ${path} HTTP/1.1\r\nHost: a\r\nX-Token: ${secret}\r\nAuthorization: Bearer ${JWT}\r\nAuthorization: Bearer x\r\nConnection: close\r\n\r\n`;
      expect(await raw(twice)).toMatch(/^HTTP\/1\.1 400 /);
    }
    expect(upstream.recorded).toEqual([]);
  });

  it.each([
    ["cut off", () => `Bearer ${secret.slice(0, 20)}`],
    ["with a letter wrong", () => `Bearer ${secret.slice(0, -1)}_`],
    ["as the user of Basic", () => `Basic ${Buffer.from(`${secret}:`).toString("base64")}`],
    ["as the password of Basic", () => `Basic ${Buffer.from(`a:${secret}`).toString("base64")}`],
    ["in another scheme", () => `Token ${secret}`],
    ["within something else", () => `Bearer key=${secret}`],
  ])("is never passed on if it may contain a key, %s", async (title, authorization) => {
    const isWhole = !["cut off", "with a letter wrong"].includes(title);
    for (const path of ["/items", "/accounts", "/open", ...(isWhole ? ["/login"] : [])]) {
      await send(path, { "X-Token": secret, Authorization: authorization() });
    }
    for (const { headers } of upstream.recorded) expect(headers).not.toHaveProperty("authorization");
    expect(upstream.recorded.length).toBeGreaterThan(0);
  });

  it("is not logged", async () => {
    await send("/items", { "X-Token": secret, Authorization: `Bearer ${JWT}` });
    await send("/items", { Authorization: `Bearer ${JWT}` });
    expect(JSON.stringify(service.logged())).not.toContain(JWT);
  });

  it("does not count as a guess at a key, however often it comes", async () => {
    for (let count = 0; count < 150; count++) {
      expect((await send("/items", { "X-Token": secret, Authorization: `Bearer ${JWT}${count}` })).status).toBe(200);
      expect((await send("/accounts", { Authorization: `Bearer ${JWT}${count}` })).status).toBe(401);
    }
    expect((await send("/items", { "X-Token": UNKNOWN_SECRET })).status).toBe(401);
  });
});

describe("the response of the upstream", () => {
  it("is passed on unchanged, without the headers that an upstream may not send", async () => {
    upstream.respondWith((_req, res) => {
      res.writeHead(302, {
        Location: "http://elsewhere.example/",
        "Set-Cookie": ["a=1", "b=2"],
        "Cache-Control": "public, max-age=60",
        RateLimit: '"x";r=1',
        "X-RateLimit-Limit": "5",
        "X-Latchkey-Client": "x",
        "Access-Control-Allow-Origin": "*",
        "Keep-Alive": "timeout=9",
        Connection: "X-Hop",
        "X-Hop": "1",
        "X-Own": "yes",
      });
      res.end("moved");
    });
    const response = await get("/items").redirects(0);
    expect(response).toMatchObject({ status: 302, text: "moved" });
    expect(response.headers).toMatchObject({
      location: "http://elsewhere.example/",
      "set-cookie": ["a=1", "b=2"],
      "x-own": "yes",
    });
    expect(response.headers["cache-control"]).toBe("no-store");
    for (const name of [
      "ratelimit",
      "x-ratelimit-limit",
      "x-latchkey-client",
      "access-control-allow-origin",
      "x-hop",
    ]) {
      expect([name, response.headers[name]]).toEqual([name, undefined]);
    }
    await request(service.url).get("/open").redirects(0).expect("Cache-Control", "public, max-age=60");
    expect(upstream.recorded).toHaveLength(2);
  });

  it("stays out of every shared cache after a request with a key, and keeps the security headers", async () => {
    upstream.respondWith((_req, res) => {
      res.writeHead(200, [
        ...["Cache-Control", 'private="set-cookie", max-age=60', "CDN-Cache-Control", "max-age=60"],
        ...[
          "Acme-CDN-Cache-Control",
          "max-age=60",
          "Surrogate-Control",
          "max-age=60",
          "Edge-Control",
          "cache-maxage=60",
        ],
        ...["X-Accel-Expires", "60", "X-Accel-Redirect", "/secret", "X-Accel-Buffering", "no", "Pragma", "cache"],
        ...["Expires", "Fri, 01 Jan 2100 00:00:00 GMT", "Strict-Transport-Security", "max-age=0"],
        ...["X-Content-Type-Options", "none", "Referrer-Policy", "unsafe-url"],
      ]);
      res.end("kept");
    });
    const { headers } = await get("/items").expect(200);
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "x-accel-buffering": "no",
    });
    const { "x-accel-buffering": _, ...rest } = headers;
    expect(Object.keys(rest).filter((name) => /cdn|surrogate|edge|accel|expires|pragma|strict/.test(name))).toEqual([]);
    const open = await request(service.url).get("/open").expect(200);
    expect(open.headers).toMatchObject({ "cdn-cache-control": "max-age=60", "x-content-type-options": "nosniff" });
    expect(open.headers).not.toHaveProperty("strict-transport-security");
  });

  it("may be kept by the private cache of the client", async () => {
    upstream.respondWith((_req, res) => void res.setHeader("Cache-Control", ["private", "max-age=60"]).end());
    await get("/items").expect("Cache-Control", "private, max-age=60");
    upstream.respondWith((_req, res) => void res.setHeader("Cache-Control", ["private", "s-maxage=60"]).end());
    await get("/items").expect("Cache-Control", "no-store");
  });

  it("has no body for HEAD, 204 and 304", async () => {
    expect((await request(service.url).head("/items").set("X-Token", secret)).text).toBeUndefined();
    for (const status of [204, 304]) {
      upstream.respondWith((_req, res) => void res.writeHead(status).end());
      await get("/items").expect(status);
    }
    upstream.respondWith(JSON_RESPONSE);
    await get("/items").expect(200);
  });

  it.each<[string, RequestListener]>([
    ["resets the connection", (req) => void req.socket.destroy()],
    ["is not HTTP", (req) => void req.socket.end("HELLO\r\n\r\n")],
    [
      "has two lengths",
      (req) => void req.socket.end("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
    ],
    ["has a broken header", (req) => void req.socket.end("HTTP/1.1 200 OK\r\nA\u0001: b\r\n\r\n")],
    ["has a control character in a header", (req) => void req.socket.end("HTTP/1.1 200 OK\r\nA: a\u0001b\r\n\r\n")],
    ["has a status above 599", (req) => void req.socket.end("HTTP/1.1 600 Over\r\nContent-Length: 1\r\n\r\na")],
    ["has a status of 999", (req) => void req.socket.write("HTTP/1.1 999 Over\r\nTransfer-Encoding: chunked\r\n\r\n")],
    ["has a status below 100", (req) => void req.socket.end("HTTP/1.1 099 Under\r\nContent-Length: 0\r\n\r\n")],
    ["has huge headers", (req) => void req.socket.end(`HTTP/1.1 200 OK\r\nA: ${"x".repeat(40_000)}\r\n\r\n`)],
    [
      "switches the protocol",
      (req) => void req.socket.end("HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
    ],
  ])("is a 502 when it %s", async (_, listener) => {
    upstream.respondWith(listener);
    const response = await get("/items");
    expect(response.body).toMatchObject({ status: 502, code: "upstream-broken" });
    expect(response.headers["content-type"]).toBe("application/problem+json");
    upstream.respondWith(JSON_RESPONSE);
    await get("/items").expect(200);
  });

  it.each<[string, RequestListener]>([
    ["ends early", (req) => void req.socket.end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")],
    [
      "breaks off in a chunk",
      (req) => void req.socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"),
    ],
    ["has a bad chunk", (req) => void req.socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc")],
  ])("is cut off, never whole, when it %s", async (_, listener) => {
    upstream.respondWith(listener);
    await expect(
      fetch(`${service.url}/items`, { headers: { "X-Token": secret } }).then((response) => response.text()),
    ).rejects.toThrow();
    upstream.respondWith(JSON_RESPONSE);
    await get("/items").expect(200);
  });

  it("is broken off when the client disconnects", async () => {
    const isGone = new Promise((resolve) => {
      upstream.respondWith((_req, res) => {
        res.write("first");
        res.once("close", resolve);
      });
    });
    const leaving = new AbortController();
    const response = await fetch(`${service.url}/items`, { headers: { "X-Token": secret }, signal: leaving.signal });
    expect(response.status).toBe(200);
    leaving.abort();
    await isGone;
  });

  it("is not awaited when the client disconnects before it begins", async () => {
    const leaving = new AbortController();
    const isGone = new Promise((resolve) => {
      upstream.respondWith((_req, res) => {
        res.once("close", resolve);
        leaving.abort();
      });
    });
    const headers = { "X-Token": secret };
    await expect(fetch(`${service.url}/items`, { headers, signal: leaving.signal })).rejects.toThrow();
    await isGone;
    // Less than the 30 seconds after which the gateway gives up on the upstream anyway.
  }, 25_000);

  it("comes after the 100 Continue, which is sent only to an admitted client", async () => {
    upstream.respondWith((_req, res) => void res.writeHead(204).end());
    const head = (key: string) =>
      `PUT /files HTTP/1.1\r\nHost: a\r\nX-Token: ${key}\r\nContent-Type: image/png\r\nContent-Length: 3\r\nExpect: 100-continue\r\nConnection: close\r\n\r\nabc`;
    expect(await raw(head(secret))).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 204 /);
    expect(upstream.last().body).toBe("abc");
    expect(await raw(head("unknown"))).toMatch(/^HTTP\/1\.1 401 /);
  });

  it("is a 502 when the upstream is unreachable", async () => {
    const { secret: key } = await alone.issue({ scopes: ["items:read", "items:write"] });
    const response = await request(alone.url).get("/items").set("X-Token", key);
    expect(response.body).toMatchObject({ status: 502, code: "upstream-unreachable" });
    const streamed = await request(alone.url)
      .put("/files")
      .set("X-Token", key)
      .type("image/png")
      .send(Buffer.from("abc"));
    expect(streamed.body).toMatchObject({ status: 502, code: "upstream-unreachable" });
  });

  it("is a 503 that costs nothing once the upstream was unreachable several times in a row", async () => {
    const { secret: key } = await alone.issue({ client: "patient", scopes: ["items:read"] });
    const call = () => request(alone.url).get("/items").set("X-Token", key);
    let response = await call();
    // On a slow machine a second may pass, and another call tries the upstream.
    while (response.status === 502) response = await call();
    expect(response.body).toMatchObject({ status: 503, code: "upstream-unavailable" });
    expect(Number(response.headers["retry-after"])).toBeGreaterThanOrEqual(1);
    expect(alone.logged()).toContainEqual(
      expect.objectContaining({ msg: "the circuit of an upstream is open", upstream: "http://127.0.0.1:1", level: 40 }),
    );
  });

  it("ends the connection when it comes before the body was read", async () => {
    upstream.respondWith((_req, res) => void res.writeHead(413).end(), { streaming: true });
    const text = await raw(
      `PUT /files HTTP/1.1\r\nHost: a\r\nX-Token: ${secret}\r\nContent-Type: image/png\r\nContent-Length: 100000\r\n\r\nGET /items HTTP/1.1\r\nHost: a\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close/i);
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });
});

/** Everything that is received on a connection until it ends. */
function raw(text: string): Promise<string> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    const socket = connect(service.port, "127.0.0.1", () => socket.write(text));
    socket.on("data", (piece) => pieces.push(piece));
    socket.on("error", () => {});
    socket.on("close", () => resolve(Buffer.concat(pieces).toString()));
  });
}
