import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { startChild } from "../support/process/child.ts";
import { aFreePort, isOpen } from "../support/process/ports.ts";
import { findProgram } from "../support/programs/debian.ts";
import { aService, type TestService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { anUpstream } from "../support/upstream.ts";
import { PATH_SPELLINGS } from "../support/wire/path-spellings.ts";

const DOCUMENTED = join(import.meta.dirname, "../../docs/sidecar");
const folder = temporaryFolder();
const service = aService({ LATCHKEY_TRUST_PROXY: "1" });
/** For clients on this machine, Envoy names the address of the machine instead of 127.0.0.1. */
const CLEARTEXT = { LATCHKEY_CLEARTEXT: "allow" };
const behindEnvoy = aService({ LATCHKEY_TRUST_PROXY: "1", ...CLEARTEXT });
/** A service whose store is closed. */
const withoutStore = aService({ LATCHKEY_TRUST_PROXY: "1", LATCHKEY_CLEARTEXT: "allow" });
const upstream = anUpstream();
const ports: Record<string, number> = {};
type Keys = { readonly secret: string; readonly clientId: string; readonly revoked: string };
const keys = new Map<TestService, Keys>();
/** A key of the service whose store is closed. */
let lost = "";

/** The two servers between which the proxy is, and its own port. */
type Ports = { readonly latchkey: string; readonly api: string; readonly port: number };

/** What a user changes in a file. */
type Change = (text: string) => string;
const UNCHANGED: Change = (text) => text;

function adapted(file: string, { latchkey, api, port }: Ports): string {
  const changes = [
    ["127.0.0.1:8080", latchkey],
    ["127.0.0.1:5000", api],
    [":8000", `:${port}`],
  ] as const;
  return changes.reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`docs/sidecar/${file} has no ${from} any more.`);
      return text.replaceAll(from, to);
    },
    readFileSync(join(DOCUMENTED, file), "utf8"),
  );
}

async function start(words: readonly string[], port: number) {
  const child = startChild(words as [string, ...string[]], {
    HOME: folder,
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
  });
  let output: string | undefined;
  child.process.once("close", () => {
    output = child.err.text();
  });
  while (!(await isOpen(port))) {
    if (output !== undefined) throw new Error(`It did not start:\n${output}`);
    await wait(20);
  }
}

async function startNginx(latchkey: string, api: string, change = UNCHANGED): Promise<number> {
  const port = await aFreePort();
  const home = join(folder, `nginx-${port}`);
  mkdirSync(home);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${home}/${kind};`,
  );
  writeFileSync(
    join(home, "nginx.conf"),
    `daemon off; master_process off; pid ${home}/pid; error_log ${home}/main.log;\nevents {}\nhttp { access_log off; ${temporary.join(" ")}\n${change(adapted("nginx.conf", { latchkey, api, port }))}\n}`,
  );
  await start([findProgram("nginx"), "-p", home, "-e", join(home, "main.log"), "-c", join(home, "nginx.conf")], port);
  return port;
}

async function startCaddy(latchkey: string, api: string, change = UNCHANGED): Promise<number> {
  const port = await aFreePort();
  const file = join(folder, `Caddyfile-${port}`);
  const options = "admin off\n\tdefault_bind 127.0.0.1\n\tauto_https";
  writeFileSync(file, change(adapted("Caddyfile", { latchkey, api, port }).replace("auto_https", options)));
  await start([findProgram("caddy"), "run", "--config", file, "--adapter", "caddyfile"], port);
  return port;
}

async function startEnvoy(latchkey: string, api: string, change = UNCHANGED): Promise<number> {
  const port = await aFreePort();
  const file = join(folder, `envoy-${port}.yaml`);
  const address = (host: string) => {
    const { hostname, port: number } = new URL(`http://${host}`);
    return `{ address: ${hostname}, port_value: ${number} }`;
  };
  const text = readFileSync(join(DOCUMENTED, "envoy.yaml"), "utf8")
    .replace("{ address: 127.0.0.1, port_value: 8080 }", address(latchkey))
    .replace("{ address: 127.0.0.1, port_value: 5000 }", address(api))
    .replace("port_value: 8000", `port_value: ${port}`);
  writeFileSync(file, change(text));
  const quietly = ["--use-dynamic-base-id", "--concurrency", "1", "--log-level", "error"];
  await start([findProgram("envoy"), "-c", file, ...quietly], port);
  return port;
}

const STARTERS = { nginx: startNginx, caddy: startCaddy, envoy: startEnvoy } as const;
const PROXIES = ["nginx", "caddy", "envoy"] as const;

async function issueKeys({ issue, running }: TestService): Promise<Keys> {
  const { key, secret } = await issue({ client: "caller", scopes: ["data:read"] });
  const gone = await issue({ client: "caller", scopes: ["data:read"] });
  const { db } = running.actions;
  await db.updateTable("keys").set({ revoked_at: 1 }).where("id", "=", gone.key.id).execute();
  return { secret, clientId: key.client.id, revoked: gone.secret };
}

function keysOf(one: TestService): Keys {
  const found = keys.get(one);
  if (found === undefined) throw new Error("The keys were not issued yet.");
  return found;
}

const at = ({ url }: { readonly url: string }) => new URL(url).host;

beforeAll(async () => {
  lost = (await withoutStore.issue()).secret;
  await withoutStore.running.actions.db.destroy();
  for (const one of [service, behindEnvoy]) keys.set(one, await issueKeys(one));
  ports["nginx"] = await startNginx(at(service), at(upstream));
  ports["caddy"] = await startCaddy(at(service), at(upstream));
  ports["envoy"] = await startEnvoy(at(behindEnvoy), at(upstream));
});
beforeEach(() => upstream.forget());

describe.each(PROXIES)("behind the documented %s", (name) => {
  const asked = name === "envoy" ? behindEnvoy : service;
  let [secret, clientId, revoked] = ["", "", ""];
  beforeAll(() => {
    ({ secret, clientId, revoked } = keysOf(asked));
  });
  const call = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`http://localhost:${ports[name]}${path}`, { headers, redirect: "manual" });

  it("a request with a valid key reaches the API, without the key and with the identity of the caller", async () => {
    const response = await call("/data", { "x-api-key": secret });
    expect([response.status, await response.json()]).toEqual([200, { ok: true }]);
    expect(upstream.last().headers).toMatchObject({ "x-latchkey-client": clientId, "x-latchkey-scopes": "data:read" });
    expect(JSON.stringify(upstream.last())).not.toContain(secret);
  });

  it.each([
    ["no key", "/data", {}, 401],
    ["a revoked key", "/data", { revoked: "1" }, 401],
    ["a key without the scope", "/secret-data", { good: "1" }, 403],
    ["a path that the contract does not have", "/admin", { good: "1" }, 404],
    ["a method that the path does not have", "/v1/key/rotate", { good: "1" }, 405],
    ["a parameter that the contract does not have", "/data?surplus=1", { good: "1" }, 400],
    ["a key in the query of an operation that takes none there", "/data?api_key=x", {}, 400],
  ])("a request with %s does not", async (_, path, which: Readonly<Record<string, string>>, status) => {
    const key = which["good"] ? secret : which["revoked"] ? revoked : undefined;
    const response = await call(path, key === undefined ? {} : { "x-api-key": key });
    expect(response.status).toBe(status);
    // Two challenges would be joined by a comma.
    const challenge = response.headers.get("www-authenticate");
    if (status === 401) expect(challenge).toMatch(/^Bearer realm="latchkey"(?:, error="invalid_token")?$/);
    else expect(challenge).toBeNull();
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ status, requestId: response.headers.get("x-request-id") });
    expect(upstream.recorded).toEqual([]);
  });

  it("a request over its limit is a 429, with Retry-After and the state of the limit", async () => {
    const few = await asked.issue({ client: `seldom-${name}`, scopes: ["data:read"] });
    const { db } = asked.running.actions;
    await db.updateTable("clients").set({ plan: "free" }).where("id", "=", few.key.client.id).execute();
    const again = () => call("/data", { "x-api-key": few.secret });
    let response = await again();
    if (name === "nginx") expect(response.headers.get("ratelimit")).toMatch(/;r=\d+;t=\d+/);
    for (let count = 0; count < 1_000 && response.status === 200; count++) response = await again();
    expect(response.status).toBe(429);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(response.headers.get("ratelimit")).toContain(";r=0;");
    expect(response.headers.get("ratelimit-policy")).toContain(";q=");
    expect(await response.json()).toMatchObject({ status: 429, code: "rate-limited", requestId: expect.any(String) });
  });

  it("a login beside the key reaches the API, and a key in its place does not", async () => {
    await call("/data", { "x-api-key": secret, authorization: "Bearer eyJhbGciOiJub25lIn0.e30." });
    expect(upstream.last().headers.authorization).toBe("Bearer eyJhbGciOiJub25lIn0.e30.");
    await call("/data", { authorization: `Bearer ${secret}` });
    expect(upstream.last().headers.authorization ?? "").toBe("");
  });

  it("a client cannot forge an identity", async () => {
    const text = await raw(ports[name] ?? 0, [
      "GET /data HTTP/1.1",
      "Host: localhost",
      `x-api-key: ${secret}`,
      ...["X-Latchkey-Client: admin", "X_Latchkey_Client: admin", "x-latchkey-scopes: all:all"],
      "Connection: close",
    ]);
    expect(text).toMatch(/^HTTP\/1\.1 200/);
    expect(upstream.last().rawHeaders.join(" ")).not.toMatch(/admin|all:all/);
  });

  it("a client cannot remove headers of the proxy by naming them in Connection", async () => {
    const names = "X-Latchkey-Client, X-Latchkey-Key, X-Latchkey-Scopes, X-Latchkey-Environment, X-Forwarded-For";
    const lines = ["GET /data HTTP/1.1", "Host: localhost", `x-api-key: ${secret}`, "X-Own: 1"];
    for (const more of [[`Connection: close, ${names}, X-Own`], ["Connection: close", `Connection: ${names}`]]) {
      upstream.forget();
      // Caddy keeps this connection open, because it removes Connection before it looks at it.
      const text = await raw(ports[name] ?? 0, [...lines, ...more], /"ok":true\}/);
      // Envoy refuses such a header itself.
      if (name === "envoy" && /^HTTP\/1\.1 400/.test(text)) continue;
      expect(text).toMatch(/^HTTP\/1\.1 200/);
      expect(upstream.last().headers).toMatchObject({
        "x-latchkey-client": clientId,
        "x-latchkey-key": expect.stringMatching(/./),
        "x-latchkey-scopes": "data:read",
        "x-latchkey-environment": "live",
        "x-forwarded-for": expect.stringMatching(/127\.0\.0\.1|::1/),
        "x-own": "1",
      });
    }
  });

  it.each([
    ...["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-URL", "X-Rewrite-URL"],
    ...["Script-Name", "X-Middleware-Subrequest", "Proxy"],
  ])("a client cannot change the request after it was checked: %s", async (header) => {
    const response = await call("/data", { "x-api-key": secret, [header]: "/secret-data" });
    expect([response.status, await response.json()]).toMatchObject([400, { code: "request-malformed" }]);
    expect(upstream.recorded).toEqual([]);
  });

  it("no header with which clients describe themselves reaches the API", async () => {
    const names = [
      ...["Forwarded", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "Client-IP", "True-Client-IP"],
      ...["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Prefix"],
      ...["X-Original-For", "X-Original-Host", "X-Original-Proto", "X-Latchkey-Operation", "X-Latchkey-Signature"],
      ...["X-Scheme", "X-Url-Scheme", "Front-End-Https", "Remote-Addr", "Remote-Host", "Remote-User"],
      ...["CF-Connecting-IP", "Fastly-Client-IP", "X-Azure-ClientIP", "X-Envoy-Original-Path", "X-Remote-User"],
    ];
    const claims = Object.fromEntries(names.map((header) => [header, "forged"]));
    const response = await call("/data", { "x-api-key": secret, ...claims });
    expect(response.status).toBe(200);
    expect(JSON.stringify(upstream.last())).not.toContain("forged");
  });

  it("a key in Basic credentials does not reach the API", async () => {
    const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
    const refused = await call("/data", { "x-api-key": secret, authorization: basic(`a:${secret}`) });
    expect([refused.status, await refused.json()]).toMatchObject([400, { code: "request-malformed" }]);
    expect(upstream.recorded).toEqual([]);
    await call("/data", { "x-api-key": secret, authorization: basic("user:password") });
    expect(upstream.last().headers.authorization).toBe(basic("user:password"));
  });

  it("a request for a public operation reaches the API without an identity, whatever the client sends", async () => {
    await raw(ports[name] ?? 0, [
      "GET /healthz HTTP/1.1",
      "Host: localhost",
      "X-Latchkey-Client: admin",
      "Connection: close",
    ]);
    expect(upstream.last().url).toBe("/healthz");
    expect(upstream.last().headers["x-latchkey-client"] ?? "").toBe("");
  });

  /** Ways in which a client can try to pass for another one, or its request for another one. */
  const FORGERIES: readonly (readonly string[])[] = [
    ...["/%64ata", "//data", "/./data", "/data/", "/DATA", "/healthz/../data", "/healthz/..%2fdata", "/%2e/data"].map(
      (path) => [`GET ${path} HTTP/1.1`],
    ),
    ...[
      "/healthz%00/data",
      "/healthz%2f..%2fdata",
      "/healthz;/../data",
      "/healthz?/../data#x",
      "http://localhost/data",
    ].map((path) => [`GET ${path} HTTP/1.1`]),
    ["GET /data HTTP/1.1", "X-Original-URI: /healthz", "X-Original-Method: GET"],
    ["GET /data HTTP/1.1", "X-Forwarded-Uri: /healthz", "X-Forwarded-Method: GET"],
    ["GET /data HTTP/1.1", "X-Original-URL: /healthz", "X-Rewrite-URL: /healthz"],
    ["GET /data HTTP/1.1", "X-HTTP-Method-Override: OPTIONS"],
    ["OPTIONS /data HTTP/1.1", "Origin: http://a", "Access-Control-Request-Method: GET"],
    ["POST /data HTTP/1.1", "Content-Length: 0"],
    ["GET /data HTTP/1.1", "x-api-key: "],
    ["GET /data HTTP/1.1", "x-api-key: a", "x-api-key: b"],
    ["GET /data?api_key=x HTTP/1.1"],
    ["GET /_latchkey HTTP/1.1"],
    ["GET /v1/authorize HTTP/1.1", "X-Original-URI: /healthz", "X-Original-Method: GET"],
    ["GET /v1/authorize/healthz HTTP/1.1"],
    ["GET /data HTTP/1.1", "Content-Length: 4", "Transfer-Encoding: chunked"],
    ["GET /data HTTP/1.1", "Connection: x-api-key, x-original-uri"],
  ];

  it.each(FORGERIES.map((lines) => [lines.join(" | "), lines] as const))(
    "no request gets through without a key: %s",
    async (_, lines) => {
      const [first = "", ...more] = lines;
      await raw(ports[name] ?? 0, [first, "Host: localhost", ...more, "Connection: close"]);
      const reached = upstream.recorded.filter(({ url }) => !/^\/healthz(?:\?|$)/.test(url));
      expect(reached).toEqual([]);
    },
  );
});

describe("an API with a key header of its own, and a WebSocket", () => {
  const contract = join(folder, "prices.yaml");
  writeFileSync(
    contract,
    `openapi: 3.1.1
info: { title: Prices, version: 1.0.0 }
security: [{ Token: ["prices:read"] }]
paths:
  /live: { get: { operationId: live, x-latchkey: { upgrade: websocket }, responses: { '101': { description: A WebSocket. } } } }
  /plain:
    get: { operationId: plain, responses: { '200': { description: Plain. } } }
    post:
      operationId: add
      requestBody: { required: true, content: { application/json: { schema: { type: object } } } }
      responses: { '200': { description: Done. } }
components:
  securitySchemes:
    Token: { type: apiKey, in: header, name: X-Token, x-scopes: { "prices:read": Prices. } }
`,
  );
  const prices = aService(() => ({
    ...{ LATCHKEY_TRUST_PROXY: "1", ...CLEARTEXT },
    ...{ LATCHKEY_CONTRACT: contract, LATCHKEY_UPSTREAM: upstream.url },
  }));
  const open: Record<string, number> = {};
  let secret = "";
  beforeAll(async () => {
    ({ secret } = await prices.issue({ scopes: ["prices:read"] }));
    // As docs/sidecar.md says: the name of the header, and the routes of WebSockets.
    const change = (text: string) =>
      text
        .replace("X-Api-Key", "X-Token")
        .replace(
          "routes: [",
          "routes: [{ match: { path: /live }, route: { cluster: api, upgrade_configs: [{ upgrade_type: websocket }] } }, ",
        );
    for (const name of PROXIES) open[name] = await STARTERS[name](at(prices), at(upstream), change);
  });

  it.each(PROXIES)("does not get the key from %s", async (name) => {
    const headers = { "x-token": secret, "content-type": "application/json" };
    const init = { method: "POST", headers, body: '{"a":1}' };
    const response = await fetch(`http://localhost:${open[name]}/plain`, init);
    expect(response.status).toBe(200);
    expect(upstream.last()).toMatchObject({ method: "POST", body: '{"a":1}' });
    expect(JSON.stringify(upstream.last())).not.toContain(secret);
  });

  const handshake = (path: string, connection = "Upgrade") => [
    `GET ${path} HTTP/1.1`,
    "Host: localhost",
    `x-token: ${secret}`,
    "Upgrade: websocket",
    `Connection: ${connection}`,
  ];
  const HEAD = /\r\n\r\n/;
  const switched = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  /** Envoy refuses a request that names other headers in Connection. */
  const OPENED = [
    ...PROXIES.map((name) => [name, "Upgrade"] as const),
    ...["nginx", "caddy"].map((name) => [name, "keep-alive, Upgrade, X-Latchkey-Client"] as const),
  ];

  it.each(OPENED)(
    "is asked for a WebSocket by %s, with the identity of the caller: Connection: %s",
    async (...words) => {
      const [name, connection] = words;
      upstream.upgradeWith((_req, socket) => void socket.end(switched));
      expect(await raw(open[name] ?? 0, handshake("/live", connection), HEAD)).toMatch(/^HTTP\/1\.1 101/);
      const { headers } = upstream.last();
      expect(headers).toMatchObject({ upgrade: "websocket", "x-latchkey-client": expect.stringMatching(/^client_/) });
      expect(headers["connection"]).toMatch(/^upgrade$/i);
      expect(headers).not.toHaveProperty("x-latchkey-upgrade", "websocket");
    },
  );

  it.each(PROXIES)("is not asked by %s for one at an operation that is none", async (name) => {
    upstream.upgradeWith((_req, socket) => void socket.end(switched));
    expect(await raw(open[name] ?? 0, handshake("/plain"), HEAD)).not.toMatch(/^HTTP\/1\.1 101/);
    expect(upstream.recorded.filter(({ headers }) => headers["upgrade"] !== undefined)).toEqual([]);
  });
});

describe.each(["nginx", "envoy"] as const)("behind the documented %s", (name) => {
  it("an outage of Latchkey is a 503, and no request gets through", async () => {
    const port = await STARTERS[name](`127.0.0.1:${await aFreePort()}`, at(upstream));
    const response = await fetch(`http://127.0.0.1:${port}/data`, { headers: { "x-api-key": keysOf(service).secret } });
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ status: 503, code: "unavailable" });
    expect(upstream.recorded).toEqual([]);
  });

  it("an outage of the store is a 503, too", async () => {
    const port = await STARTERS[name](at(withoutStore), at(upstream));
    const response = await fetch(`http://127.0.0.1:${port}/data`, { headers: { "x-api-key": lost } });
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
    const problem = await response.json();
    expect(problem).toMatchObject({ status: 503, code: "unavailable" });
    // Envoy takes every 5xx for an outage of Latchkey itself, and drops its response.
    if (name === "nginx") expect(problem).toMatchObject({ requestId: expect.any(String) });
    expect(upstream.recorded).toEqual([]);
  });
});

describe("behind the documented nginx", () => {
  it("a refusal by the API itself is passed on unchanged", async () => {
    const call = () =>
      fetch(`http://127.0.0.1:${ports["nginx"]}/data`, { headers: { "x-api-key": keysOf(service).secret } });
    for (const status of [401, 403, 429, 500, 503]) {
      upstream.respondWith((_req, res) => void res.writeHead(status, { "X-Own": "1" }).end("mine"));
      const response = await call();
      expect([response.status, response.headers.get("x-own"), await response.text()]).toEqual([status, "1", "mine"]);
    }
  });
});

/** An API that reads paths by the WHATWG URL Standard. The key may only call items. */
describe.each(PROXIES)("an API behind the documented %s", (name) => {
  const SHOP = `openapi: 3.1.1
info: { title: Shop, version: 1.0.0 }
servers: [{ url: / }]
paths:
  /items/{id}:
    get:
      operationId: getItem
      security: [{ ApiKey: [items:read] }]
      parameters: [{ name: id, in: path, required: true, schema: { type: string, maxLength: 99 } }]
      responses: { '200': { description: Item. } }
  /admin:
    get: { operationId: getAdmin, security: [{ ApiKey: [admin:read] }], responses: { '200': { description: All. } } }
components:
  securitySchemes:
    ApiKey: { type: apiKey, in: header, name: X-API-Key, x-scopes: { items:read: a, admin:read: b } }
`;
  const api = anUpstream();
  const shop = aService(() => {
    const path = join(folder, `shop-${name}.yaml`);
    writeFileSync(path, SHOP);
    return {
      LATCHKEY_CONTRACT: path,
      LATCHKEY_LENIENT: "true",
      LATCHKEY_UPSTREAM: "http://127.0.0.1:1",
      LATCHKEY_TRUST_PROXY: "1",
      ...(name === "envoy" && CLEARTEXT),
    };
  });
  let [port, key] = [0, ""];
  beforeAll(async () => {
    ({ secret: key } = await shop.issue({ scopes: ["items:read"] }));
    port = await STARTERS[name](at(shop), at(api));
    api.respondWith((req, res) => void res.end(routeOf(req.url ?? "")));
  });
  beforeEach(() => api.forget());

  /** Also reads the decoded path, because some frameworks route by that. */
  function routeOf(url: string): string {
    const { pathname } = new URL(url, "http://api");
    const readings = [
      pathname,
      decodeURIComponent(pathname),
      new URL(decodeURIComponent(pathname), "http://api").pathname,
    ];
    return readings.every((path) => /^\/items\/[^/\\]+$/.test(path)) ? "an item" : "secrets of the admin";
  }

  it.each(PATH_SPELLINGS.map((target) => [JSON.stringify(target), target] as const))(
    "never receives %s as a path that the key may not call",
    async (_, target) => {
      const response = await raw(port, [
        `GET ${target} HTTP/1.1`,
        "Host: localhost",
        `x-api-key: ${key}`,
        "Connection: close",
      ]);
      expect(response).not.toContain("secrets of the admin");
      expect(response).toMatch(/^HTTP\/1\.1 (?:200|400|403|404|405) |^$/);
    },
  );

  it("responds to ordinary paths", async () => {
    const response = await fetch(`http://localhost:${port}/items/x%20y?`, { headers: { "x-api-key": key } });
    expect([response.status, await response.text()]).toEqual([200, "an item"]);
  });
});

/** @param end matches a complete response, for servers that keep the connection open. */
function raw(port: number, lines: readonly string[], end?: RegExp): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "localhost", () => socket.write(`${lines.join("\r\n")}\r\n\r\n`));
    socket.setTimeout(5_000, () => socket.destroy());
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      if (end?.test(Buffer.concat(chunks).toString())) socket.end();
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(Buffer.concat(chunks).toString()));
  });
}
