import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { UNKNOWN_SECRET } from "../../support/builders.ts";
import { expectDeclared } from "../../support/model/declared.ts";
import { aService } from "../../support/service.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const service = aService();
const shut = aService({ LATCHKEY_AUTHORIZE_FROM: "10.0.0.0/8" });
const proxied = aService({ LATCHKEY_TRUST_PROXY: "1" });

type Headers = Readonly<Record<string, string>>;

/** How each proxy names the request that it asks about. */
const DIALECTS = {
  nginx: (method: string, uri: string) => ask("/v1/authorize", { "X-Original-Method": method, "X-Original-URI": uri }),
  "Caddy and Traefik": (method: string, uri: string) =>
    ask("/v1/authorize", { "X-Forwarded-Method": method, "X-Forwarded-Uri": uri }),
  Envoy: (method: string, uri: string) => ask(`/v1/authorize${uri}`, {}, method),
};

/** The status that the client gets in the end; nginx understands no more than two. */
function statusOf(answer: { readonly status: number; readonly headers: Readonly<Record<string, string>> }): number {
  const named = answer.headers["x-latchkey-status"];
  if (named !== undefined) expect([401, 403]).toContain(answer.status);
  return Number(named ?? answer.status);
}

const keys: Record<string, string> = {};
let good: Awaited<ReturnType<typeof service.issue>>;

beforeAll(async () => {
  good = await service.issue({ client: "asker", scopes: ["data:read", "info:read"] });
  const revoked = await service.issue({ client: "asker" });
  await request(service.url)
    .post(`/v1/keys/${revoked.key.id}/revoke`)
    .set("x-api-key", (await service.issue({ client: "admin", scopes: ["keys:write", "clients:write"] })).secret)
    .expect(200);
  const paused = await service.issue({ client: "paused" });
  const { db } = service.running.actions;
  await db.updateTable("clients").set({ disabled_at: 1 }).where("id", "=", paused.key.client.id).execute();
  Object.assign(keys, { good: good.secret, revoked: revoked.secret, paused: paused.secret, unknown: UNKNOWN_SECRET });
});

function ask(path: string, headers: Headers, method = "GET") {
  return (key?: string, more: Headers = {}) => {
    const verb = method.toLowerCase() as "get";
    return request(service.url)
      [verb](path)
      .set({ ...headers, ...(key !== undefined && { "x-api-key": key }), ...more });
  };
}

describe.each(Object.entries(DIALECTS))("a proxy that asks like %s", (_, dialect) => {
  it("is refused if a header forges an identity for servers that fold names", async () => {
    for (const name of ["X~Latchkey~Client", "X_Latchkey_Client", "X-Latchkey.Scopes", "XLatchkey-Key"]) {
      const answer = await dialect("GET", "/data")(keys["good"], { [name]: "forged" });
      expect([name, statusOf(answer)]).toEqual([name, 400]);
    }
    // These the proxy overwrites itself.
    expect(statusOf(await dialect("GET", "/data")(keys["good"], { "X-Latchkey-Client": "forged" }))).toBe(200);
  });

  it.each(["Forwarded", "X-Real-IP", "X-Forwarded-Host", "X-Original-Proto"])(
    "is refused where %s is spelt so that the proxy does not overwrite it",
    async (name) => {
      const misspelt = name.replace("-", "_").replace("Forwarded", "Forwarded_");
      expect(statusOf(await dialect("GET", "/data")(keys["good"], { [misspelt]: "198.51.100.1" }))).toBe(400);
      // So spelt it may be the proxy's own.
      expect(statusOf(await dialect("GET", "/data")(keys["good"], { [name]: "198.51.100.1" }))).toBe(200);
    },
  );

  it.each([
    ...["X-HTTP-Method-Override", "X_HTTP_Method", "X-Method-Override", "X-Original-URL", "X~Rewrite~URL"],
    ...["Script-Name", "X-Middleware-Subrequest", "Proxy", "X_Original_URI", "X-Sendfile"],
  ])("is refused where %s makes another request of the one that is checked", async (name) => {
    const answer = await dialect("GET", "/data")(keys["good"], { [name]: "/secret-data" });
    expectDeclared("authorizeRequest", answer);
    expect([statusOf(answer), answer.body.code]).toEqual([400, "request-malformed"]);
  });

  it("is refused if the client removes headers by naming them in Connection", async () => {
    for (const names of ["X-Latchkey-Client", "close, x-latchkey-scopes", "keep-alive,X-Tenant", "authorization"]) {
      const answer = await dialect("GET", "/data")(keys["good"], { Connection: names });
      expect([names, statusOf(answer), answer.body.code]).toEqual([names, 400, "request-malformed"]);
    }
    for (const names of ["close", "Keep-Alive", "Upgrade, close", "TE, close", ", close"]) {
      const answer = await dialect("GET", "/data")(keys["good"], { Connection: names });
      expect([names, statusOf(answer)]).toEqual([names, 200]);
    }
  });

  it("is refused if Basic credentials contain a key, where proxies do not see it", async () => {
    const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
    for (const uri of ["/data", "/healthz"]) {
      for (const text of [`a:${keys["good"]}`, `${keys["good"]}:`, `a:${keys["good"]?.slice(0, 20)}`]) {
        for (const authorization of [basic(text), basic(text).replace("Basic ", "basic \t ")]) {
          const answer = await dialect("GET", uri)(keys["good"], { authorization });
          expect([statusOf(answer), answer.body.code]).toEqual([400, "request-malformed"]);
        }
      }
      // A login of the API's own.
      expect(statusOf(await dialect("GET", uri)(keys["good"], { authorization: basic("user:password") }))).toBe(200);
    }
  });

  it("gets the identity of an admitted caller", async () => {
    const answer = await dialect("GET", "/data")(keys["good"]);
    expectDeclared("authorizeRequest", answer);
    expect(answer).toMatchObject({ status: 200, text: "" });
    expect(answer.headers).toMatchObject({
      "x-latchkey-operation": "getData",
      "x-latchkey-client": good.key.client.id,
      "x-latchkey-key": good.key.id,
      "x-latchkey-scopes": "data:read info:read",
      "x-latchkey-environment": "live",
      "cache-control": "no-store",
    });
  });

  it.each([
    ["no key", undefined, "/data", 401, "key-missing"],
    ["an unknown key", "unknown", "/data", 401, "key-invalid"],
    ["a revoked key", "revoked", "/data", 401, "key-revoked"],
    ["a key of a paused client", "paused", "/data", 401, "client-disabled"],
    ["a key without the scope", "good", "/secret-data", 403, "scope-missing"],
    ["a path that is not there", "good", "/nowhere", 404, "not-found"],
    ["a page of ours", "good", "/docs", 404, "not-found"],
    ["the contract", "good", "/openapi.json", 404, "not-found"],
    ["a parameter that is not valid", "good", "/data?surplus=1", 400, "request-invalid"],
  ])("is told why not: %s", async (__, key, uri, status, code) => {
    const answer = await dialect("GET", uri)(key && keys[key]);
    expectDeclared("authorizeRequest", answer);
    expect(answer.body).toMatchObject({ status: answer.status, code });
    expect(statusOf(answer)).toBe(status);
    expect(answer.headers["x-latchkey-client"]).toBeUndefined();
  });

  it("gets a refusal for unsupported methods", async () => {
    for (const method of ["POST", "DELETE", "OPTIONS", "TRACE", "PATCH"]) {
      const answer = await dialect(method, "/data")(keys["good"]);
      expectDeclared("authorizeRequest", answer);
      expect(answer.body).toMatchObject({ code: "method-not-allowed" });
      expect(statusOf(answer)).toBe(405);
      expect(answer.headers["allow"]).toBe("GET, HEAD, OPTIONS");
    }
    expect((await dialect("HEAD", "/data")(keys["good"])).status).toBe(200);
    expect((await dialect("HEAD", "/data")()).status).toBe(401);
  });

  it("gets no identity for public operations", async () => {
    const { status, headers } = await dialect("GET", "/healthz")(keys["good"]);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      "x-latchkey-operation": "getHealth",
      "x-latchkey-client": "",
      "x-latchkey-key": "",
    });
  });

  it("may have the key in the original query if the operation takes it there", async () => {
    expect((await dialect("GET", `/info?api_key=${keys["good"]}`)()).status).toBe(200);
    expect((await dialect("GET", "/info")()).status).toBe(401);
    const misplaced = await dialect("GET", `/data?api_key=${keys["good"]}`)(keys["good"]);
    expect(misplaced.body).toMatchObject({ code: "key-in-query" });
    expect(statusOf(misplaced)).toBe(400);
  });

  it.each([
    ...["/%64ata", "//data", "/./data", "/data/", "/DATA", "/data;x", "/data/../secret-data", "/secret-data/../data"],
    ...["/data%2f..", "/%2e/data", "/%252e/data", "/data%00", "/v1/authorize", "/v1/authorize/data"],
  ])("hears no of %s, which others may read as another path", async (uri) => {
    const { status } = await dialect("GET", uri)(keys["good"]);
    expect([403, 400, 404]).toContain(status);
  });
});

describe("the proxy that asks", () => {
  const original = { "X-Original-Method": "GET", "X-Original-URI": "/data" };

  it.each<[string, Headers]>([
    ["two requests that differ", { ...original, "X-Forwarded-Method": "GET", "X-Forwarded-Uri": "/healthz" }],
    ["two methods", { ...original, "X-Forwarded-Method": "POST", "X-Forwarded-Uri": "/data" }],
    ["half of one", { "X-Original-URI": "/data" }],
    ["the other half", { "X-Forwarded-Method": "GET" }],
    ["one, and half of another", { ...original, "X-Forwarded-Uri": "/data" }],
    ["one in two spellings", { ...original, "X-Forwarded-Method": "GET", "X-Forwarded-Uri": "/data?" }],
  ])("must not name %s", async (_, headers) => {
    const answer = await ask("/v1/authorize", headers)(keys["good"]);
    expect(answer.body).toMatchObject({ status: 403, code: "original-unclear" });
  });

  it("must not name another request than the one in the path", async () => {
    const answer = await ask("/v1/authorize/data", { "X-Original-Method": "GET", "X-Original-URI": "/healthz" })();
    expect(answer.body).toMatchObject({ status: 403, code: "original-unclear" });
  });

  it("may name the same request twice", async () => {
    const both = { ...original, "X-Forwarded-Method": "GET", "X-Forwarded-Uri": "/data" };
    expect((await ask("/v1/authorize/data", both)(keys["good"])).status).toBe(200);
  });

  it.each(["http://here/data", "data", "*", "/data#x", "/da ta", "/data%zz", "/data%ff", ""])(
    "must not name the target %j",
    async (uri) => {
      const answer = await ask("/v1/authorize", { "X-Original-Method": "GET", "X-Original-URI": uri })(keys["good"]);
      expect(answer.status).toBe(403);
      expect(statusOf(answer)).toBe(400);
    },
  );

  it.each(["POST", "PUT", "TRACE", "DELETE", "PATCH"])("must not ask with %s", async (method) => {
    for (const names of [original, { "X-Forwarded-Method": "GET", "X-Forwarded-Uri": "/data" }]) {
      const answer = await ask("/v1/authorize", names, method)(keys["good"]);
      expect(answer).toMatchObject({ status: 405, body: { code: "method-not-allowed" } });
    }
  });

  it("may ask with HEAD, and about HEAD", async () => {
    expect(
      (await ask("/v1/authorize", { ...original, "X-Original-Method": "HEAD" }, "HEAD")(keys["good"])).status,
    ).toBe(200);
    expect((await ask("/v1/authorize", original, "HEAD")()).status).toBe(401);
  });

  it.each(["TRACE", "CONNECT", "get", "GET POST", ""])("must not ask about the method %j", async (method) => {
    const answer = await ask("/v1/authorize", { "X-Forwarded-Method": method, "X-Forwarded-Uri": "/data" })(
      keys["good"],
    );
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });

  it("must name a request", async () => {
    expect((await ask("/v1/authorize", {})(keys["good"])).body).toMatchObject({ status: 400, code: "request-invalid" });
  });

  it("must have the address of a known proxy", async () => {
    const answer = await request(shut.url).get("/v1/authorize").set(original);
    expect(answer.body).toMatchObject({ status: 403, code: "proxy-untrusted" });
    const claimed = await request(shut.url).get("/v1/authorize/data").set("X-Forwarded-For", "10.0.0.1");
    expect(claimed.body).toMatchObject({ status: 403, code: "proxy-untrusted" });
  });

  it("is trusted about the client like any trusted proxy", async () => {
    const { secret } = await proxied.issue({ allowedIps: ["198.51.100.0/24"] });
    const from = (address: string, proto: string) =>
      request(proxied.url)
        .get("/v1/authorize")
        .set({ ...original, "x-api-key": secret, "X-Forwarded-For": address, "X-Forwarded-Proto": proto });
    expect((await from("198.51.100.7", "https")).status).toBe(200);
    expect((await from("203.0.113.7", "https")).body.code).toBe("address-refused");
    expect((await from("198.51.100.7", "http")).body.code).toBe("key-in-cleartext");
  });
});

describe("nginx", () => {
  const limited = aService({ LATCHKEY_TRUST_PROXY: "1", LATCHKEY_FAILED_KEYS_PER_MINUTE: "2" });
  const question = (target: string, key: string, more: Headers = {}) =>
    request(limited.url)
      .get("/v1/authorize")
      .set({ "X-Original-Method": "GET", "X-Original-URI": target, "x-api-key": key, ...more });

  it("gets the status and the document in headers, because it only understands 401 and 403", async () => {
    const { secret } = await limited.issue();
    const { status, headers } = await question("/data?na%C3%AFve=1", secret);
    expect({ status, named: headers["x-latchkey-status"] }).toEqual({ status: 403, named: "400" });
    const document = JSON.parse(headers["x-latchkey-problem"] ?? "");
    expect(document).toMatchObject({ status: 400, code: "request-invalid", requestId: headers["x-request-id"] });
    expect(headers["x-latchkey-problem"]).toMatch(/^[ -~]*$/);
  });

  it("gets no document that would not fit into its buffer", async () => {
    const { secret } = await limited.issue();
    const { headers } = await question(`/data?${"n".repeat(6_000)}=1`, secret);
    expect(headers["x-latchkey-problem"]?.length).toBeLessThanOrEqual(2_048);
    expect(JSON.parse(headers["x-latchkey-problem"] ?? "")).toMatchObject({ status: 400, code: "request-invalid" });
  });

  it("gets early rejects in the same form", async () => {
    const junk = () => question("/data", "junk", { "X-Forwarded-For": "198.51.100.9", "X-Forwarded-Proto": "https" });
    let answer = await junk();
    for (let count = 0; count < 200 && answer.headers["x-latchkey-status"] !== "429"; count++) answer = await junk();
    // Now once more: those that come after the first are turned away without a look at them.
    for (const { status, headers } of [answer, await junk()]) {
      expect({ status, named: headers["x-latchkey-status"] }).toEqual({ status: 403, named: "429" });
      expect(JSON.parse(headers["x-latchkey-problem"] ?? "")).toMatchObject({ status: 429, code: "too-many-failures" });
      expect(Number(headers["retry-after"])).toBeGreaterThan(0);
    }
  });
});

describe("the header parameters of a request that a proxy asks about", () => {
  const CONTRACT = `openapi: 3.1.1
info: { title: Shop, version: 1.0.0 }
servers: [{ url: / }]
paths:
  /items:
    get:
      operationId: getItems
      security: [{ ApiKey: [items:read] }]
      parameters:
        - { name: X-Tenant, in: header, required: false, schema: { type: string, maxLength: 9, pattern: '^[a-z]+$' } }
        - { name: X-Tags, in: header, style: simple, required: false, schema: { type: array, maxItems: 9, items: { type: string, maxLength: 9 } } }
        - { name: User-Agent, in: header, required: false, schema: { type: string, maxLength: 9, pattern: '^[a-z]+$' } }
      responses: { '200': { description: Items. } }
  /others:
    get: { operationId: getOthers, security: [{ ApiKey: [items:read] }], responses: { '200': { description: Others. } } }
  /logins:
    get:
      operationId: getLogins
      x-latchkey: { security: passthrough }
      security: [{ Login: [] }]
      responses: { '200': { description: Logins. } }
components:
  securitySchemes:
    ApiKey: { type: apiKey, in: header, name: X-API-Key, x-scopes: { items:read: a } }
    Login: { type: http, scheme: basic }
`;
  const folder = temporaryFolder();
  const shop = aService(() => {
    const path = join(folder, "shop.yaml");
    writeFileSync(path, CONTRACT);
    return { LATCHKEY_CONTRACT: path, LATCHKEY_LENIENT: "true", LATCHKEY_UPSTREAM: "http://127.0.0.1:1" };
  });
  let key = "";
  beforeAll(async () => {
    ({ secret: key } = await shop.issue({ scopes: ["items:read"] }));
  });
  const question = (path: string, headers: Readonly<Record<string, string | string[]>>) =>
    request(shop.url)
      .get("/v1/authorize")
      // superagent's type says less than Node's: a list becomes several lines.
      .set({
        "User-Agent": "a",
        ...headers,
        "X-Forwarded-Method": "GET",
        "X-Forwarded-Uri": path,
        "x-api-key": key,
      } as Headers);

  it("are validated against the contract", async () => {
    expect((await question("/items", { "X-Tenant": "acme" })).body).toEqual({});
    expect((await question("/items", { "X-Tenant": "acme!" })).status).toBe(400);
  });

  it.each(["X_Tenant", "X~Tenant", "XTenant", "User_Agent"])("are refused in another spelling: %s", async (name) => {
    for (const beside of [{}, { "X-Tenant": "acme" }]) {
      const answer = await question("/items", { ...beside, [name]: "evil" });
      expect(answer).toMatchObject({ status: 400, body: { code: "request-malformed" } });
    }
    // There it is not a parameter.
    expect((await question("/others", { [name]: "evil" })).status).toBe(200);
  });

  it("are refused when they come twice: the API could read a line that was not checked", async () => {
    expect((await question("/items", { "User-Agent": ["good", "evil!"] })).status).toBe(400);
    expect((await question("/items", { "X-Tags": ["a", "b"] })).body).toEqual({});
    expect((await question("/others", { "User-Agent": ["good", "evil!"] })).status).toBe(200);
  });

  it("are forwarded with credentials for the API, unless these contain a whole key", async () => {
    const basic = (text: string) => ({ Authorization: `Basic ${Buffer.from(text).toString("base64")}` });
    expect((await question("/logins", basic("sk_live_abc:"))).status).toBe(200);
    expect((await question("/logins", basic(`a:${key}`))).status).toBe(400);
  });
});

describe("the response to a proxy", () => {
  const removedBy = ({ headers }: { readonly headers: Readonly<Record<string, string>> }) =>
    headers["x-envoy-auth-headers-to-remove"];

  it("names the headers that hold the key to Envoy, and leaves it another credential", async () => {
    const { Envoy } = DIALECTS;
    expect(removedBy(await Envoy("GET", "/data")(keys["good"]).expect(200))).toBe("x-api-key,authorization");
    const bearer = await Envoy("GET", "/data")(undefined, { authorization: `Bearer ${keys["good"]}` }).expect(200);
    expect(removedBy(bearer)?.split(",")).toContain("authorization");
    const login = await Envoy("GET", "/data")(keys["good"], { authorization: "Bearer eyJh.e30.x" }).expect(200);
    expect(removedBy(login)).toBe("x-api-key");
  });

  it("names them to no other proxy, which would pass them on", async () => {
    for (const dialect of [DIALECTS.nginx, DIALECTS["Caddy and Traefik"]])
      expect(removedBy(await dialect("GET", "/data")(keys["good"]).expect(200))).toBeUndefined();
  });
});
