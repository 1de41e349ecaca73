import { writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { parseList } from "structured-headers";
import request, { type Response } from "supertest";
import { OPERATOR_AUTHORITY } from "../../../src/admin/actions.ts";
import { registerClient } from "../../../src/admin/clients/register-client.ts";
import { updateClient } from "../../../src/admin/clients/update-client.ts";
import { rotateKey } from "../../../src/admin/keys/rotate-key.ts";
import { updateKey } from "../../../src/admin/keys/update-key.ts";
import type { Override } from "../../../src/keys/override.ts";
import { UNKNOWN_SECRET } from "../../support/builders.ts";
import { aService } from "../../support/service.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { anUpstream } from "../../support/upstream.ts";

const answers = "responses: { '200': { description: Fine. } }";
const CONTRACT = `openapi: 3.1.1
info: { title: Shop, version: 1.0.0 }
servers: [{ url: / }]
# One unit comes back in ten minutes: no machine is so slow that it would do so in a test.
x-latchkey:
  defaultPlan: small
  plans:
    small:
      limits:
        perKey: { per: key, requests: 6, windowSeconds: 3600, burst: 5 }
        perClient: { requests: 6, windowSeconds: 3600, burst: 8 }
        searches: { requests: 6, windowSeconds: 3600, burst: 2 }
      quotas:
        daily: { requests: 20, period: day }
        noted: { requests: 1, period: month, enforcement: soft }
    free: { limits: {} }
  limits:
    visitors: { per: address, requests: 3, windowSeconds: 3600, burst: 3 }
paths:
  /items: { get: { operationId: getItems, security: [{ Token: [] }], ${answers} } }
  /dear: { get: { operationId: getDear, security: [{ Token: [] }], x-latchkey: { cost: 4 }, ${answers} } }
  /search: { get: { operationId: search, security: [{ Token: [] }], x-latchkey: { limits: [searches] }, ${answers} } }
  /kept:
    get: { operationId: getKept, security: [{ Token: [] }], x-latchkey: { responses: enforce }, ${answers} }
  /gone:
    get: { operationId: getGone, security: [{ Token: [] }], x-latchkey: { upstream: "http://127.0.0.1:1" }, ${answers} }
  /broken: { get: { operationId: getBroken, security: [{ Token: [] }], ${answers} } }
  /free: { get: { operationId: getFree, security: [{ Token: [] }], x-latchkey: { cost: 0 }, ${answers} } }
  /open: { get: { operationId: getOpen, security: [], ${answers} } }
  /orders:
    post:
      operationId: addOrder
      security: [{ Token: [] }]
      requestBody: { required: true, content: { application/json: { schema: { type: object, required: [n] } } } }
      ${answers}
components:
  securitySchemes:
    Token: { type: apiKey, in: header, name: X-Token }
`;

const folder = temporaryFolder();
const upstream = anUpstream();
const settings = () => {
  const path = join(folder, "shop.yaml");
  writeFileSync(path, CONTRACT);
  return {
    LATCHKEY_CONTRACT: path,
    LATCHKEY_LENIENT: "true",
    LATCHKEY_UPSTREAM: upstream.url,
    // Callers come from anywhere, as their proxy says.
    LATCHKEY_TRUST_PROXY: "1",
    LATCHKEY_CLEARTEXT: "allow",
    LATCHKEY_FAILED_KEYS_PER_MINUTE: "3",
  };
};
const service = aService(settings);

beforeEach(() => {
  upstream.respondWith((_req, res) => void res.end("fine"));
  upstream.forget();
});

let clients = 0;
/** A new client for each test, so that no test counts requests of another one. */
async function aCaller() {
  const client = `client ${++clients}`;
  const { key, secret } = await service.issue({ client, scopes: [] });
  const another = async () => (await service.issue({ client, scopes: [] })).secret;
  const call = (path: string, token = secret) =>
    request(service.url)
      .get(path)
      .set({ "X-Token": token, "X-Forwarded-For": `10.0.0.${clients % 250}` });
  return { client, key, secret, another, call };
}

/** A Structured Field, as `name → parameters`. */
function fieldOf({ headers }: Response, name: string): Readonly<Record<string, object>> {
  return Object.fromEntries(
    parseList(headers[name] ?? "").map(([item, parameters]) => [String(item), Object.fromEntries(parameters)]),
  );
}

/** What of ten minutes is left: however long the calls before took. */
const UP_TO_600 = /^(?:[1-5]?\d?\d|600)$/;

const statusesOf = async (count: number, ask: () => PromiseLike<Response>) => {
  const statuses: number[] = [];
  for (let times = 0; times < count; times++) statuses.push((await ask()).status);
  return statuses;
};

describe("a response to a key", () => {
  it("shows the limits and hard quotas that apply, and what remains", async () => {
    const { call } = await aCaller();
    const answer = await call("/items");
    expect(fieldOf(answer, "ratelimit-policy")).toEqual({
      perKey: { q: 6, w: 3_600, "latchkey-burst": 5 },
      perClient: { q: 6, w: 3_600, "latchkey-burst": 8 },
      daily: { q: 20, w: 86_400 },
    });
    expect(fieldOf(answer, "ratelimit")).toEqual({
      perKey: { r: 4, t: 600 },
      perClient: { r: 7, t: 600 },
      daily: { r: 19, t: expect.any(Number) },
    });
  });

  it("shows when a soft quota is exceeded, and refuses nothing", async () => {
    const { call } = await aCaller();
    expect((await call("/items")).headers).not.toHaveProperty("latchkey-quota-exceeded");
    const answer = await call("/items");
    expect([answer.status, fieldOf(answer, "latchkey-quota-exceeded")]).toEqual([200, { noted: { q: 1, used: 2 } }]);
  });

  it("has valid headers even if the request is invalid", async () => {
    const { call, secret } = await aCaller();
    const invalid = await call("/items?x=1");
    expect([invalid.status, fieldOf(invalid, "ratelimit")]).toMatchObject([400, { perKey: { r: 4 } }]);
    const malformed = await request(service.url).post("/orders").set("X-Token", secret).type("json").send("{");
    expect([malformed.status, fieldOf(malformed, "ratelimit")]).toMatchObject([400, { perKey: { r: 3 } }]);
  });

  it("is the only one with such headers: 401 and public operations have none", async () => {
    for (const path of ["/items", "/open"]) {
      const { headers } = await request(service.url).get(path);
      expect(headers).not.toHaveProperty("ratelimit");
      expect(headers).not.toHaveProperty("ratelimit-policy");
    }
  });

  it("has the headers of this service, not those of an upstream", async () => {
    upstream.respondWith(
      (_req, res) => void res.writeHead(200, { RateLimit: '"theirs";r=1', "RateLimit-Policy": "x" }).end(),
    );
    const { call } = await aCaller();
    expect(Object.keys(fieldOf(await call("/items"), "ratelimit"))).toEqual(["perKey", "perClient", "daily"]);
  });
});

describe("a request over the limit", () => {
  it("is refused before its body is read, with the violated limit and Retry-After", async () => {
    const { call } = await aCaller();
    expect(await statusesOf(5, () => call("/items"))).toEqual([200, 200, 200, 200, 200]);
    upstream.forget();
    const { status, body, headers } = await call("/items");
    expect({ status, body }).toEqual({
      status: 429,
      body: {
        type: "/problems/rate-limited",
        title: "Rate limit exceeded",
        status: 429,
        detail: `The limit perKey is reached; try again in ${headers["retry-after"]} seconds.`,
        code: "rate-limited",
        requestId: headers["x-request-id"],
        "violated-policies": ["perKey"],
      },
    });
    expect(headers["retry-after"]).toMatch(UP_TO_600);
    expect(headers["cache-control"]).toBe("no-store");
    expect(upstream.recorded).toEqual([]);
  });

  it("takes nothing from the other limits", async () => {
    const { call, another } = await aCaller();
    await statusesOf(5, () => call("/items"));
    await statusesOf(3, () => call("/items"));
    const other = await another();
    expect(fieldOf(await call("/items", other), "ratelimit")).toMatchObject({ perClient: { r: 2 }, daily: { r: 14 } });
  });

  it("names all violated limits", async () => {
    const { call } = await aCaller();
    await statusesOf(5, () => call("/items"));
    const { body } = await call("/dear");
    expect(body).toMatchObject({
      detail: expect.stringMatching(/^The limits perKey, perClient are reached; try again in \d+ seconds\.$/),
      "violated-policies": ["perKey", "perClient"],
    });
  });

  it("counts all keys of its client, and does not affect other clients", async () => {
    const { call, another } = await aCaller();
    await statusesOf(5, () => call("/items"));
    const other = await another();
    expect(await statusesOf(4, () => call("/items", other))).toEqual([200, 200, 200, 429]);
    expect((await call("/items", other)).body["violated-policies"]).toEqual(["perClient"]);
    const stranger = await aCaller();
    expect(fieldOf(await stranger.call("/items"), "ratelimit")).toMatchObject({ perClient: { r: 7 } });
  });

  it("of a daily quota is refused until midnight UTC", async () => {
    const { client, call } = await aCaller();
    await override(client, {
      set: { perKey: { requests: 6, burst: 100 }, perClient: { requests: 6, burst: 100 } },
    });
    expect(await statusesOf(21, () => call("/items"))).toEqual([...Array(20).fill(200), 429]);
    const sourceLines = Date.now();
    const { body, headers } = await call("/items");
    expect(body).toMatchObject({ code: "quota-exceeded", "violated-policies": ["daily"] });
    const midnight = Math.ceil(sourceLines / 86_400_000) * 86_400_000;
    const [least, most] = [Date.now(), sourceLines].map((at) => Math.floor((midnight - at) / 1000));
    expect(Number(headers["retry-after"])).toBeGreaterThanOrEqual(least ?? 0);
    expect(Number(headers["retry-after"])).toBeLessThanOrEqual((most ?? 0) + 1);
  });
});

describe("an operation", () => {
  it("costs what the contract says, also 0", async () => {
    const { call } = await aCaller();
    expect(fieldOf(await call("/dear"), "ratelimit")).toMatchObject({
      perKey: { r: 1 },
      perClient: { r: 4 },
      daily: { r: 16 },
    });
    expect((await call("/dear")).status).toBe(429);
    expect(fieldOf(await call("/free"), "ratelimit")).toMatchObject({ perKey: { r: 1 } });
    await statusesOf(1, () => call("/items"));
    expect(await statusesOf(3, () => call("/free"))).toEqual([200, 200, 200]);
  });

  it("can have a limit of its own", async () => {
    const { call } = await aCaller();
    const answer = await call("/search");
    expect(fieldOf(answer, "ratelimit")).toMatchObject({ searches: { r: 1 }, perKey: { r: 4 } });
    expect(await statusesOf(2, () => call("/search"))).toEqual([200, 429]);
    expect((await call("/items")).status).toBe(200);
    expect(fieldOf(await call("/items"), "ratelimit")).not.toHaveProperty("searches");
  });

  it("without a key is limited by address, IPv6 by /64", async () => {
    const open = (address: string) => request(service.url).get("/open").set("X-Forwarded-For", address);
    expect(await statusesOf(4, () => open("2001:db8::1"))).toEqual([200, 200, 200, 429]);
    expect((await open("2001:db8::2")).body).toMatchObject({ code: "rate-limited", "violated-policies": ["visitors"] });
    expect((await open("2001:db8:0:1::1")).status).toBe(200);
    expect((await open("192.0.2.77")).status).toBe(200);
  });
});

describe("a request that fails", () => {
  it.each<[string, string, number, RequestListener]>([
    ["an upstream that fails", "/items", 503, (_req, res) => void res.writeHead(503).end()],
    ["an upstream that breaks off", "/broken", 502, (req) => void req.socket.destroy()],
    [
      "an answer that the contract does not declare",
      "/kept",
      502,
      (_req, res) => void res.writeHead(418).end("guessed right"),
    ],
  ])("where something may have been done costs what it costs: %s", async (_, path, status, listener) => {
    const { call } = await aCaller();
    upstream.respondWith(listener);
    expect(await statusesOf(7, () => call(path))).toEqual([...Array(5).fill(status), 429, 429]);
    // A request on a connection that was idle may be sent once more, which costs nothing.
    expect([5, 6]).toContain(upstream.recorded.length);
  });

  it("is charged when the caller disconnected", async () => {
    const { call, secret } = await aCaller();
    for (let times = 0; times < 4; times++) {
      const leaving = new AbortController();
      upstream.respondWith(() => leaving.abort());
      const headers = { "X-Token": secret, "X-Forwarded-For": "10.0.0.1" };
      await expect(fetch(`${service.url}/items`, { headers, signal: leaving.signal })).rejects.toThrow();
    }
    upstream.respondWith((_req, res) => void res.end("fine"));
    expect(fieldOf(await call("/items"), "ratelimit")).toMatchObject({ perKey: { r: 0 } });
  });

  it("is refunded when nothing can have been done: an unreachable upstream", async () => {
    const { call } = await aCaller();
    // After five failures in a row the upstream is not asked any more for a moment.
    const statuses = await statusesOf(9, () => call("/gone"));
    expect(statuses.slice(0, 5)).toEqual(Array(5).fill(502));
    for (const status of statuses.slice(5)) expect([502, 503]).toContain(status);
    expect(fieldOf(await call("/items"), "ratelimit")).toMatchObject({
      perKey: { r: 4 },
      perClient: { r: 7 },
      daily: { r: 19 },
    });
  });

  it("because of the caller is charged, but 401 and 403 are not charged to the key", async () => {
    const { call, secret } = await aCaller();
    expect(await statusesOf(2, () => call("/items?x=1"))).toEqual([400, 400]);
    await request(service.url).get("/v1/keys").set("x-api-key", secret).expect(403);
    expect(fieldOf(await call("/items"), "ratelimit")).toMatchObject({ perKey: { r: 2 } });
  });
});

const override = async (client: string, terms: Partial<Override>) => {
  const limits = { isUnlimited: false, until: null, set: {}, ...terms };
  const edit = { id: client, update: { limits }, isCurrent: () => true };
  expect(await updateClient(edit, OPERATOR_AUTHORITY, service.running.actions)).toMatchObject({ kind: "updated" });
};

describe("an override", () => {
  it("of a client applies from the next request until it ends", async () => {
    const { client, call } = await aCaller();
    await statusesOf(5, () => call("/items"));
    expect((await call("/items")).status).toBe(429);
    await override(client, { set: { perKey: { requests: 6, burst: 50 }, daily: { requests: 7 } } });
    const answer = await call("/items");
    expect([answer.status, fieldOf(answer, "ratelimit")]).toMatchObject([200, { perKey: { r: 49 }, daily: { r: 1 } }]);

    await override(client, { isUnlimited: true, until: Date.now() + 86_400_000 });
    expect((await call("/items")).headers).not.toHaveProperty("ratelimit");
    await service.running.actions.db
      .updateTable("clients")
      .set({ limits: JSON.stringify({ isUnlimited: true, until: 1, set: {} }) })
      .where("name", "=", client)
      .execute();
    expect((await call("/items")).status).toBe(429);
  });

  it("of a key affects only this key", async () => {
    const { key, call, another } = await aCaller();
    const limits = { isUnlimited: true, until: null, set: {} };
    await updateKey(
      { id: key.id, update: { limits }, isCurrent: () => true },
      OPERATOR_AUTHORITY,
      service.running.actions,
    );
    expect(await statusesOf(12, () => call("/items"))).toEqual(Array(12).fill(200));
    const other = await another();
    expect(fieldOf(await call("/items", other), "ratelimit")).toMatchObject({ perKey: { r: 4 }, perClient: { r: 7 } });
  });
});

it("a client has a plan, and a new plan applies from the next request", async () => {
  const { actions } = service.running;
  await registerClient({ name: "planned", plan: "free" }, actions);
  const { secret } = await service.issue({ client: "planned", scopes: [] });
  const call = () => request(service.url).get("/items").set("X-Token", secret);
  expect((await call()).headers).not.toHaveProperty("ratelimit");
  await updateClient({ id: "planned", update: { plan: null }, isCurrent: () => true }, OPERATOR_AUTHORITY, actions);
  expect(fieldOf(await call(), "ratelimit")).toHaveProperty("perKey");
});

it("a rotated key shares the remaining limits with its successor", async () => {
  const { key, call } = await aCaller();
  await statusesOf(3, () => call("/items"));
  const rotated = await rotateKey(
    key.id,
    { seconds: 3_600, endWhenSilentSeconds: null },
    OPERATOR_AUTHORITY,
    service.running.actions,
  );
  if (rotated.kind !== "rotated") throw new Error(rotated.kind);
  expect(fieldOf(await call("/items", rotated.secret), "ratelimit")).toMatchObject({
    perKey: { r: 1 },
    daily: { r: 16 },
  });
  const again = await rotateKey(
    rotated.key.id,
    { seconds: 3_600, endWhenSilentSeconds: null },
    OPERATOR_AUTHORITY,
    service.running.actions,
  );
  if (again.kind !== "rotated") throw new Error(again.kind);
  expect(await statusesOf(2, () => call("/items", again.secret))).toEqual([200, 429]);
  expect((await call("/items")).status).toBe(429);
});

it("a key sees its plan, its limits and quotas, and what remains of them", async () => {
  const { call, secret } = await aCaller();
  await call("/items");
  const { body } = await request(service.url).get("/v1/key").set("x-api-key", secret);
  expect(body).toMatchObject({
    plan: "small",
    limits: [
      { name: "perKey", per: "key", requests: 6, windowSeconds: 3_600, burst: 5, remaining: 3, resetSeconds: 1_200 },
      { name: "perClient", per: "client", burst: 8, remaining: 6 },
    ],
    quotas: [
      { name: "daily", requests: 20, period: "day", enforcement: "hard", used: 2, remaining: 18 },
      { name: "noted", requests: 1, period: "month", enforcement: "soft", used: 2, remaining: 0 },
    ],
  });
});

it("a proxy gets a refusal when a limit is reached", async () => {
  const { secret } = await aCaller();
  const askAs = (dialect: "Original" | "Forwarded") => () =>
    request(service.url)
      .get("/v1/authorize")
      .set({ [`X-${dialect}-Method`]: "GET", [`X-${dialect}-URI`]: "/items", "X-Token": secret });
  const told = { "retry-after": expect.stringMatching(UP_TO_600), ratelimit: expect.stringContaining('"perKey";r=0') };
  expect(await statusesOf(6, askAs("Forwarded"))).toEqual([200, 200, 200, 200, 200, 429]);
  expect((await askAs("Forwarded")()).headers).toMatchObject(told);
  // nginx takes a 429 for a fault of ours.
  const { status, headers } = await askAs("Original")();
  expect(status).toBe(403);
  expect(headers).toMatchObject({ ...told, "x-latchkey-status": "429" });
});

describe("unknown callers", () => {
  const from = (address: string, token: string, path = "/items") =>
    request(service.url).get(path).set({ "X-Token": token, "X-Forwarded-For": address });

  it("have to wait after too many keys, on any operation", async () => {
    expect(await statusesOf(3, () => from("198.51.100.1", UNKNOWN_SECRET))).toEqual([401, 401, 401]);
    const { status, body, headers } = await from("198.51.100.1", "junk");
    expect({ status, code: body.code, wait: headers["retry-after"] }).toEqual({
      status: 429,
      code: "too-many-failures",
      wait: expect.stringMatching(/^(?:1?\d|20)$/),
    });
    expect((await from("198.51.100.1", "junk", "/openapi.json")).status).toBe(429);
    expect((await from("198.51.100.2", "junk")).status).toBe(401);
  });

  it("get the same response with and without a body, for malformed and unknown keys", async () => {
    const address = "198.51.100.9";
    await statusesOf(3, () => from(address, "junk"));
    const ways = [
      () => from(address, "junk"),
      () => from(address, UNKNOWN_SECRET),
      () => from(address, "junk").set("Authorization", "Bearer junk"),
      () => request(service.url).post("/orders").set({ "X-Token": "junk", "X-Forwarded-For": address }).send({ n: 1 }),
      () => request(service.url).head("/items").set({ "X-Token": "junk", "X-Forwarded-For": address }),
    ];
    for (const ask of ways) {
      const { status, headers, body } = await ask();
      expect(status).toBe(429);
      expect(headers).toMatchObject({
        "content-type": "application/problem+json",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "x-request-id": expect.stringMatching(/^req_[0-9A-Za-z]{20}$/),
        "retry-after": expect.stringMatching(/^(?:1?\d|20)$/),
      });
      if (ask !== ways.at(-1))
        expect(body).toMatchObject({ code: "too-many-failures", requestId: headers["x-request-id"] });
    }
    // Early rejects are logged once for each address: a line for every request would fill the disk.
    const lines = service.logged().filter((line) => line["address"] === address && line["msg"] === "too-many-failures");
    expect(lines.filter((line) => line["requestId"] === undefined)).toHaveLength(1);
  });

  it("still get 400 for two keys at once", async () => {
    await statusesOf(4, () => from("198.51.100.10", "junk"));
    const { status, body } = await from("198.51.100.10", "junk").set("Authorization", `Bearer ${UNKNOWN_SECRET}`);
    expect({ status, code: body.code }).toEqual({ status: 400, code: "key-ambiguous" });
  });

  it("do not lock out valid keys from the same address, nor requests without a key", async () => {
    const known = await aCaller();
    await from("198.51.100.3", known.secret);
    await statusesOf(4, () => from("198.51.100.3", "junk"));
    const fresh = await aCaller();
    expect((await from("198.51.100.3", known.secret)).status).toBe(200);
    expect((await from("198.51.100.3", fresh.secret)).status).toBe(200);
    expect((await request(service.url).get("/items").set("X-Forwarded-For", "198.51.100.3")).status).toBe(401);
  });

  it("also count missing scopes, whose response stays the same", async () => {
    const { secret } = await aCaller();
    const forbidden = () =>
      request(service.url).get("/v1/keys").set({ "x-api-key": secret, "X-Forwarded-For": "198.51.100.4" });
    expect(await statusesOf(5, forbidden)).toEqual([403, 403, 403, 403, 403]);
    expect((await from("198.51.100.4", "junk")).status).toBe(429);
  });
});

describe("a service that restarts", () => {
  const place = temporaryFolder();
  const first = aService(() => ({ ...settings(), DATABASE_URL: `sqlite:${join(place, "quota.db")}` }));
  let secret = "";
  beforeAll(async () => {
    ({ secret } = await first.issue({ client: "lasting", scopes: [] }));
  });

  it("continues with its quotas", async () => {
    const call = (url: string) => request(url).get("/items").set("X-Token", secret);
    await statusesOf(3, () => call(first.url));
    await first.running.stop();
    const { serve } = await import("../../../src/service/start.ts");
    const { someConfig } = await import("../../support/service.ts");
    const { createLog } = await import("../../../src/lib/log/log.ts");
    const log = createLog({ level: "silent", secrets: /x/g, destination: { write: () => {} } });
    const second = await serve(someConfig({ ...settings(), DATABASE_URL: `sqlite:${join(place, "quota.db")}` }), log);
    const answer = await call(second.url);
    await second.stop();
    expect(fieldOf(answer, "ratelimit")).toMatchObject({ daily: { r: 16 } });
  });
});
