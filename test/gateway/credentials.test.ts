import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { UNKNOWN_SECRET } from "../support/builders.ts";
import { aGateway } from "../support/gateway.ts";

/** Each path needs what its name says. */
const CONTRACT = `openapi: 3.1.1
info: { title: Credentials, version: 1.0.0 }
paths:
  /optional: { get: { operationId: optional, security: [{}, { Header: [a] }], responses: { '200': { description: d } } } }
  /header: { get: { operationId: header, security: [{ Header: [a] }], responses: { '200': { description: d } } } }
  /header-or-query: { get: { operationId: hq, security: [{ Header: [a] }, { Query: [a] }], responses: { '200': { description: d } } } }
  /cookie: { get: { operationId: cookie, security: [{ Cookie: [a] }], responses: { '200': { description: d } } } }
  /token: { get: { operationId: token, security: [{ Token: [a] }], responses: { '200': { description: d } } } }
  /word: { get: { operationId: word, security: [{ Word: [a] }], responses: { '200': { description: d } } } }
  /user-name: { get: { operationId: user, security: [{ User: [a] }], responses: { '200': { description: d } } } }
  /password: { get: { operationId: password, security: [{ Password: [a] }], responses: { '200': { description: d } } } }
  /basic: { get: { operationId: basic, security: [{ Basic: [a] }], responses: { '200': { description: d } } } }
  /pair: { get: { operationId: pair, security: [{ AppId: [a], AppKey: [a] }], responses: { '200': { description: d } } } }
  /tenant: { get: { operationId: tenant, security: [{ Tenant: [], Login: [] }], responses: { '200': { description: d } } } }
  /either: { get: { operationId: either, security: [{ Header: [a] }, { Passed: [x] }], responses: { '200': { description: d } } } }
  /weaker: { get: { operationId: weaker, security: [{ Header: [a] }, { Oauth: [] }], responses: { '200': { description: d } } } }
  /session: { get: { operationId: session, security: [{ Header: [a] }, { Session: [] }], responses: { '200': { description: d } } } }
  /named:
    get:
      operationId: named
      security: [{ Header: [a] }]
      parameters:
        - { name: token, in: query, schema: { type: string, maxLength: 9 } }
        - { name: X-App-Id, in: header, schema: { type: string, maxLength: 9 } }
        - { name: x-key, in: header, required: true, schema: { type: string, maxLength: 99 } }
      responses: { '200': { description: d } }
components:
  securitySchemes:
    Header: { type: apiKey, in: header, name: X-Key, x-scopes: { a: May a. } }
    Query: { type: apiKey, in: query, name: token }
    Cookie: { type: apiKey, in: cookie, name: sid }
    Token: { type: http, scheme: Token, x-latchkey: { carrier: key } }
    Word: { type: apiKey, in: header, name: X-Word, x-latchkey: { prefix: Api-Key } }
    User: { type: http, scheme: basic, x-latchkey: { carrier: user-name } }
    Password: { type: http, scheme: basic, x-latchkey: { carrier: password } }
    Basic: { type: http, scheme: basic }
    AppId: { type: apiKey, in: header, name: X-App-Id }
    AppKey: { type: apiKey, in: header, name: X-App-Key }
    Tenant: { type: apiKey, in: header, name: X-Organization }
    Login: { type: http, scheme: bearer, bearerFormat: JWT }
    Passed: { type: http, scheme: bearer, x-latchkey: { security: passthrough } }
    Session: { type: apiKey, in: cookie, name: web, x-latchkey: { security: passthrough } }
    Oauth: { type: openIdConnect, openIdConnectUrl: https://a.example/o }
`;

const { upstream, service } = aGateway(CONTRACT);

type Headers = Readonly<Record<string, string | string[]>>;

async function send(path: string, headers: Headers = {}) {
  const { status, body } = await request(service.url).get(path).set(headers);
  return { status, code: body.code, seen: upstream.recorded.at(-1) };
}

const base64 = (text: string) => Buffer.from(text).toString("base64");
const basic = (user: string, password: string) => ({ Authorization: `Basic ${base64(`${user}:${password}`)}` });

const JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9.c2ln";

let key: string;
let other: string;
let weak: string;

beforeEach(() => upstream.forget());

beforeAll(async () => {
  key = (await service.issue({ scopes: ["a"] })).secret;
  other = (await service.issue({ scopes: ["a"] })).secret;
  weak = (await service.issue({ scopes: [] })).secret;
});

/** Every place that takes a key, by the path of its operation. */
const PLACES: Readonly<Record<string, (key: string) => { readonly headers?: Headers; readonly query?: string }>> = {
  "/optional": (text) => ({ headers: { "x-key": text } }),
  "/header": (text) => ({ headers: { "X-KEY": text } }),
  "/header-or-query": (text) => ({ query: `?token=${text}` }),
  "/cookie": (text) => ({ headers: { Cookie: `sid=${text}` } }),
  "/token": (text) => ({ headers: { Authorization: `Token ${text}` } }),
  "/word": (text) => ({ headers: { "X-Word": `API-KEY ${text}` } }),
  "/user-name": (text) => ({ headers: basic(text, "") }),
  "/password": (text) => ({ headers: basic("me", text) }),
  "/basic": (text) => ({ headers: basic("me", text) }),
  "/pair": (text) => ({ headers: { "X-App-Key": text } }),
  "/tenant": (text) => ({ headers: { "X-Organization": text } }),
  "/either": (text) => ({ headers: { "X-Key": text } }),
};

describe.each(Object.entries(PLACES))("%s", (path, place) => {
  const sendKey = (text: string) => {
    const { headers = {}, query = "" } = place(text);
    return send(`${path}${query}`, headers);
  };

  it("admits a valid key, of which the upstream and the log see nothing", async () => {
    const { status, seen } = await sendKey(key);
    expect(status).toBe(200);
    expect(seen?.headers["x-latchkey-key"]).toMatch(/^key_/);
    const all = JSON.stringify([seen, service.logged()]);
    for (const text of [key, base64(`${key}:`), base64(`me:${key}`)]) expect(all).not.toContain(text);
  });

  it("refuses every other key", async () => {
    expect(await sendKey(UNKNOWN_SECRET)).toMatchObject({ status: 401, code: "key-invalid", seen: undefined });
    expect(await sendKey("junk")).toMatchObject({ status: 401, code: "key-invalid", seen: undefined });
    if (path === "/optional" || path === "/tenant") return;
    expect(await sendKey(weak)).toMatchObject({ status: 403, code: "scope-missing", seen: undefined });
  });

  it("refuses a request without a key, unless it is optional", async () => {
    const { status, code } = await send(path);
    expect([status, code]).toEqual(path === "/optional" ? [200, undefined] : [401, "key-missing"]);
  });

  it("refuses a second, different key in another place", async () => {
    const { headers = {}, query = "" } = place(key);
    const second = "/header" === path || path === "/optional" || path === "/either" ? "X-App-Key" : "X-Key";
    const sent = await send(`${path}${query}`, { ...headers, [second]: other });
    expect(sent).toMatchObject({ status: 400, code: "key-ambiguous", seen: undefined });
  });
});

describe("an optional key", () => {
  it("names the caller to the upstream only if it was sent", async () => {
    expect((await send("/optional")).seen?.headers).not.toHaveProperty("x-latchkey-key");
    expect((await send("/optional", { "X-Key": weak })).seen?.headers).toHaveProperty("x-latchkey-key");
  });

  it("is counted by address if it was not sent, and the response is kept by no shared cache", async () => {
    upstream.respondWith((_req, res) => void res.setHeader("Cache-Control", "public, max-age=60").end());
    const { headers } = await request(service.url).get("/optional");
    expect(headers["cache-control"]).toBe("no-store");
    upstream.respondWith((_req, res) => void res.setHeader("Content-Type", "application/json").end("{}"));
  });
});

describe("a key in the wrong place", () => {
  it.each<[path: string, headers: (key: string) => Headers]>([
    ["/header", (text) => ({ Cookie: `sid=${text}` })],
    ["/header", (text) => ({ Authorization: `Token ${text}` })],
    ["/header", (text) => basic(text, "")],
    ["/header", (text) => ({ Authorization: text })],
    ["/cookie", (text) => ({ Cookie: `SID=${text}` })],
    ["/cookie", (text) => ({ Cookie: `sid2=${text}; xsid=${text}` })],
    ["/cookie", (text) => ({ "X-Key": text })],
    ["/token", (text) => ({ Authorization: `Tokens ${text}` })],
    ["/token", (text) => ({ Authorization: `Token${text}` })],
    ["/word", (text) => ({ "X-Word": text })],
    ["/word", (text) => ({ "X-Word": `Api-Keys ${text}` })],
    ["/user-name", (text) => basic("me", text)],
    ["/password", (text) => basic(text, "x")],
    ["/basic", (text) => ({ Authorization: `Digest ${text}` })],
    ["/either", (text) => ({ Authorization: `Basic ${text}` })],
    ["/session", (text) => ({ Cookie: `web=${text}` })],
  ])("admits nothing at %s (%#)", async (path, headers) => {
    const { status, seen } = await send(path, headers(key));
    expect([400, 401]).toContain(status);
    expect(seen).toBeUndefined();
  });

  it("is named where it is in the query", async () => {
    expect(await send(`/header?token=${key}`)).toMatchObject({ status: 400, code: "key-in-query" });
  });
});

describe("the scheme of Authorization", () => {
  it.each(["Token", "token", "TOKEN", "tOkEn  "])("has no case: %s", async (word) => {
    expect((await send("/token", { Authorization: `${word} ${key}` })).status).toBe(200);
  });

  it.each(["bearer", "BEARER"])("may be %s for every header", async (word) => {
    for (const path of ["/header", "/word", "/token"])
      expect((await send(path, { Authorization: `${word} ${key}` })).status).toBe(200);
  });
});

describe("Basic credentials", () => {
  it.each<[string, (key: string) => string]>([
    ["of another alphabet", (text) => Buffer.from(`${text}:???>>>`).toString("base64url")],
    [
      "with characters that decoders ignore",
      (text) => `${base64(`${text}:x`).slice(0, 8)}.${base64(`${text}:x`).slice(8)}`,
    ],
    ["with spaces inside", (text) => `${base64(`${text}:x`).slice(0, 8)} ${base64(`${text}:x`).slice(8)}`],
    ["with text after the padding", (text) => `${base64(`${text}:`)}=AAAA`],
    ["with other bits in the last character", () => `${base64("a:bc").slice(0, -3)}Z==`],
    ["without a colon", (text) => base64(text)],
    ["in UTF-16", (text) => Buffer.from(`${text}:`, "utf16le").toString("base64")],
  ])("%s are an invalid key, never none", async (_, encode) => {
    for (const path of ["/user-name", "/basic"]) {
      const sent = await send(path, { Authorization: `Basic ${encode(key)}` });
      expect(sent).toMatchObject({ status: 401, code: "key-invalid", seen: undefined });
    }
  });

  it("may lack their padding, and a key may be user name and password", async () => {
    const encoded = base64(`${key}:`);
    expect((await send("/user-name", { Authorization: `Basic ${encoded.replaceAll("=", "")}` })).status).toBe(200);
    expect((await send("/basic", basic(key, key))).status).toBe(200);
    expect((await send("/basic", basic(key, other))).code).toBe("key-ambiguous");
    expect((await send("/user-name", basic(key, other))).code).toBe("key-ambiguous");
  });

  it("are the challenge where they are the place of a key", async () => {
    const { headers } = await request(service.url).get("/basic");
    expect(headers["www-authenticate"]).toBe('Basic realm="latchkey", charset="UTF-8"');
    expect((await request(service.url).get("/token")).headers["www-authenticate"]).toBe('Token realm="latchkey"');
  });
});

describe("cookies", () => {
  it("arrive without that of the key, every other byte as it was sent", async () => {
    const { status, seen } = await send("/cookie", { Cookie: `a="1;  sid=${key};b=%20;  c = d` });
    expect(status).toBe(200);
    expect(seen?.headers.cookie).toBe('a="1;b=%20;  c = d');
    expect((await send("/cookie", { Cookie: `sid=${key}` })).seen?.headers).not.toHaveProperty("cookie");
  });

  it("may come on several lines, as HTTP/2 proxies send them", async () => {
    const { status, seen } = await send("/cookie", { Cookie: ["a=1", `sid="${key}"`, "b=2"] });
    expect(status).toBe(200);
    expect(JSON.stringify(seen)).not.toContain(key);
    expect(seen?.headers.cookie).toMatch(/^a=1; ?b=2$/);
  });

  it.each<[string, (one: string, two: string) => string | string[]]>([
    ["twice", (one) => `sid=${one}; sid=${one}`],
    ["twice, on two lines", (one, two) => [`sid=${one}`, `sid=${two}`]],
    ["twice, once empty", (one) => `sid=; sid=${one}`],
  ])("are ambiguous if that of the key comes %s", async (_, cookie) => {
    const sent = await send("/cookie", { Cookie: cookie(key, other) });
    expect(sent).toMatchObject({ status: 400, code: "key-ambiguous", seen: undefined });
  });

  it("of the key are removed from every request, also where they are not looked at", async () => {
    const { status, seen } = await send("/header", { "X-Key": key, Cookie: `x=1; sid=${key}; s%69d=${other}` });
    expect(status).toBe(200);
    expect(seen?.headers.cookie).toBe("x=1");
  });

  it("for other purposes with the same name do not get in the way of a key", async () => {
    expect((await send("/header", { "X-Key": key, Cookie: "sid=abc" })).status).toBe(200);
  });
});

describe("a query", () => {
  it("arrives without the pair of the key, every other byte as it was sent", async () => {
    const { seen } = await send(`/header-or-query?token=${key}`);
    expect(seen?.url).toBe("/header-or-query");
  });

  it("may have the same key as the header, and no other", async () => {
    expect((await send(`/header-or-query?token=${key}`, { "X-Key": key })).status).toBe(200);
    expect((await send(`/header-or-query?token=${key}`, { "X-Key": other })).code).toBe("key-ambiguous");
    expect((await send(`/header-or-query?token=${key}&token=${key}`)).code).toBe("key-ambiguous");
  });

  it("may have a parameter that is called like a key elsewhere", async () => {
    const { status, seen } = await send("/named?token=x", { "X-Key": key, "X-App-Id": "app" });
    expect(status).toBe(200);
    expect(seen).toMatchObject({ url: "/named?token=x", headers: { "x-app-id": "app" } });
  });
});

describe("two values of which one is the key", () => {
  it.each([
    ["X-App-Id", "X-App-Key"],
    ["X-App-Key", "X-App-Id"],
  ])("the key may be in %s, and the other value goes to the upstream", async (place, rest) => {
    const { status, seen } = await send("/pair", { [place]: key, [rest]: "secret-7" });
    expect(status).toBe(200);
    expect(seen?.headers).toMatchObject({ [rest.toLowerCase()]: "secret-7" });
    expect(seen?.headers).not.toHaveProperty(place.toLowerCase());
  });

  it("are refused without a key, or with two", async () => {
    expect(await send("/pair", { "X-App-Id": "a", "X-App-Key": "b" })).toMatchObject({ code: "key-invalid" });
    expect(await send("/pair", { "X-App-Id": key, "X-App-Key": other })).toMatchObject({ code: "key-ambiguous" });
    expect(await send("/pair", { "X-App-Id": key, "X-App-Key": ["b", "c"] })).toMatchObject({ code: "key-ambiguous" });
  });

  it("the login beside a key goes to the upstream untouched, whichever of the two is the key", async () => {
    const login = { Authorization: `Bearer ${JWT}` };
    const first = await send("/tenant", { "X-Organization": key, ...login });
    expect([first.status, first.seen?.headers.authorization]).toEqual([200, login.Authorization]);
    const second = await send("/tenant", { "X-Organization": "acme", Authorization: `Bearer ${key}` });
    expect(second.status).toBe(200);
    expect(second.seen?.headers).toMatchObject({ "x-organization": "acme" });
    expect(second.seen?.headers).not.toHaveProperty("authorization");
    expect((await send("/tenant", { "X-Organization": "acme", ...login })).code).toBe("key-invalid");
  });
});

describe("an alternative to a key", () => {
  it("reaches the upstream without a key only if the contract leaves it to the upstream", async () => {
    const login = { Authorization: `Bearer ${JWT}` };
    const open = await send("/either", login);
    expect([open.status, open.seen?.headers.authorization]).toEqual([200, login.Authorization]);
    expect(open.seen?.headers).not.toHaveProperty("x-latchkey-client");
    upstream.forget();
    expect(await send("/weaker", login)).toMatchObject({ status: 401, seen: undefined });
  });

  it("does not let a key in without the scopes that keys need", async () => {
    for (const path of ["/either", "/weaker"]) {
      for (const headers of [{ "X-Key": weak }, { Authorization: `Bearer ${weak}` }])
        expect(await send(path, headers)).toMatchObject({ status: 403, code: "scope-missing", seen: undefined });
      expect((await send(path, { "X-Key": weak, Authorization: `Bearer ${JWT}` })).code).toBe("scope-missing");
    }
  });

  it("does not excuse a bad key", async () => {
    const login = { Authorization: `Bearer ${JWT}` };
    expect(await send("/either", { "X-Key": UNKNOWN_SECRET, ...login })).toMatchObject({
      status: 401,
      seen: undefined,
    });
    expect(await send("/either", { Authorization: `Bearer ${UNKNOWN_SECRET}` })).toMatchObject({ status: 401 });
    expect(await send("/either", { Authorization: ["Bearer a.b.c", `Bearer ${JWT}`] })).toMatchObject({ status: 401 });
  });

  it("needs its credential to be there, once", async () => {
    for (const authorization of ["", "Bearer", "Bearer ", "Basic abc", `Token ${JWT}`])
      expect(await send("/either", { Authorization: authorization })).toMatchObject({ status: 401, seen: undefined });
    const sent = await send("/session", { Cookie: "web=1" });
    expect([sent.status, sent.seen?.headers.cookie]).toEqual([200, "web=1"]);
    upstream.forget();
    for (const cookie of ["web=", "web=1; web=2", "Web=1"])
      expect(await send("/session", { Cookie: cookie })).toMatchObject({ status: 401, seen: undefined });
  });
});

describe("a JWT that looks like a key", () => {
  const like = (text: string) => `eyJhbGciOiJub25lIn0.eyJ${text}.c2ln`;

  it("is a login if it only begins like one somewhere", async () => {
    const { status, seen } = await send("/either", { Authorization: `Bearer ${like("a_live_x")}` });
    expect(status).toBe(200);
    expect(seen?.headers.authorization).toBe(`Bearer ${like("a_live_x")}`);
  });

  it("is never passed on if it contains a whole key", async () => {
    const hidden = { Authorization: `Bearer ${like(key)}` };
    expect(await send("/either", hidden)).toMatchObject({ status: 401, seen: undefined });
    const { status, seen } = await send("/tenant", { "X-Organization": key, ...hidden });
    expect(status === 200 ? seen?.headers.authorization : undefined).toBeUndefined();
  });
});
