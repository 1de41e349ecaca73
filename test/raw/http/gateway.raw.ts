import { createHash } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { revokeKey } from "../../../src/admin/keys/revoke-key.ts";
import { UNKNOWN_SECRET } from "../../support/builders.ts";
import { aService } from "../../support/service.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { anUpstream } from "../../support/upstream.ts";
import { exchangeRaw } from "../../support/wire/raw.ts";
import type { RawCase } from "../../support/wire/raw-cases.ts";
import * as framing from "../cases/framing.ts";
import * as requests from "../cases/requests.ts";

const JSON_BODY = "content: { application/json: { schema: { type: object } } }";
const OK = "responses: { '200': { description: Fine. } }";
/** The paths of the cases, under names that do not collide with the built-in operations. */
const CONTRACT = `openapi: 3.1.1
info: { title: Cases, version: 1.0.0 }
servers: [{ url: / }]
paths:
  /data: { get: { operationId: a, security: [{ Key: [all:all] }], ${OK} } }
  /info: { get: { operationId: b, security: [{ QueryKey: [all:all] }], ${OK} } }
  /open: { get: { operationId: c, security: [], ${OK} } }
  /own/key: { get: { operationId: d, security: [{ Key: [all:all] }], ${OK} } }
  /own/clients:
    get: { operationId: e, security: [{ Key: [all:all] }], ${OK} }
    post: { operationId: f, security: [{ Key: [all:all] }], requestBody: { required: true, ${JSON_BODY} }, ${OK} }
  /own/streams:
    post:
      operationId: g
      security: [{ Key: [all:all] }]
      x-latchkey: { body: stream }
      requestBody: { required: true, content: { '*/*': {} } }
      ${OK}
  /own/keys:
    get:
      operationId: h
      security: [{ Key: [all:all] }]
      parameters:
        - { name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 100 } }
        - { name: cursor, in: query, schema: { type: string } }
      ${OK}
    post: { operationId: i, security: [{ Key: [all:all] }], requestBody: { required: true, ${JSON_BODY} }, ${OK} }
  /own/keys/{id}:
    get:
      operationId: j
      security: [{ Key: [all:all] }]
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      ${OK}
components:
  securitySchemes:
    Key: { type: apiKey, in: header, name: X-Api-Key, x-scopes: { all:all: Everything. } }
    QueryKey: { type: apiKey, in: query, name: api_key, x-scopes: { all:all: Everything. } }
`;

const folder = temporaryFolder();
const upstream = anUpstream();
const service = aService(() => {
  const path = join(folder, "cases.yaml");
  writeFileSync(path, CONTRACT);
  return { LATCHKEY_CONTRACT: path, LATCHKEY_LENIENT: "true", LATCHKEY_UPSTREAM: upstream.url };
});

const keys: Record<string, string | undefined> = { missing: undefined, unknown: UNKNOWN_SECRET };
let keyId = "";

beforeAll(async () => {
  const good = await service.issue({ client: "shop", scopes: ["all:all"] });
  const revoked = await service.issue({ client: "shop", scopes: ["all:all"] });
  const powerless = await service.issue({ client: "shop", scopes: [] });
  await revokeKey(revoked.key.id, { reason: "leaked" }, service.running.actions);
  Object.assign(keys, { good: good.secret, revoked: revoked.secret, powerless: powerless.secret });
  keyId = good.key.id;
  // The response names its request, so that a response to another request is noticed.
  upstream.respondWith((req, res) => void res.end(`response to ${req.url}`));
});

const CASES = [framing, requests].flatMap((tables) => Object.values(tables).flat()) as readonly RawCase[];
const STATES = ["missing", "unknown", "revoked", "powerless", "good"] as const;

/** The bytes of a case, for the operations of this contract; `at` replaces the operation that creates clients. */
function bytesOf([, write]: RawCase, secret: string | undefined, at: string): Buffer {
  const written = write(secret === undefined ? "" : `x-api-key: ${secret}\r\n`);
  const text = (typeof written === "string" ? Buffer.from(written) : Buffer.from(written)).toString("latin1");
  const moved = text
    .replaceAll("/v1/clients", at)
    .replaceAll("/healthz", "/open")
    .replaceAll(/\/v1(?=\/|%|\\)/g, "/own");
  return Buffer.from(moved, "latin1");
}

let honestRequests = 0;
/** The next request over a connection to the upstream gets its own response. */
async function expectInStep() {
  const path = `/own/keys/honest-${++honestRequests}`;
  const response = await fetch(`${service.url}${path}`, { headers: { "x-api-key": keys["good"] ?? "" } });
  expect(await response.text()).toBe(`response to ${path}`);
}

type Reached = (typeof upstream.recorded)[number];
const isOpen = ({ url }: Reached) => url === "/open";
const isOfGoodKey = ({ headers }: Reached) => headers["x-latchkey-key"] === keyId;
/** Everything is on this machine. */
const QUIET_MS = 50;

describe.each(["/own/clients", "/own/streams"])("bodies at %s:", (at) => {
  it.each(STATES.filter((state) => state !== "good"))(
    "no request reaches the upstream with a key that is %s",
    async (state) => {
      upstream.forget();
      const waiting = [...CASES];
      const caller = async () => {
        for (let one = waiting.pop(); one !== undefined; one = waiting.pop())
          await exchangeRaw(service.port, bytesOf(one, keys[state], at), 4 * QUIET_MS);
      };
      await Promise.all(Array.from({ length: 10 }, caller));
      expect(upstream.recorded.length).toBeGreaterThan(0);
      expect(upstream.recorded.filter((one) => !isOpen(one))).toEqual([]);
      await expectInStep();
    },
  );

  it.each(CASES.map((one) => [one[0], one] as const))("with a good key: %s", async (_, one) => {
    upstream.forget();
    await exchangeRaw(service.port, bytesOf(one, keys["good"], at), QUIET_MS);
    const reached = [...upstream.recorded];
    expect(reached.filter((each) => !isOpen(each) && !isOfGoodKey(each))).toEqual([]);
    for (const { method, url } of reached) expect(`${method} ${url}`).toMatch(DECLARED);
    await expectInStep();
  });
});

const DECLARED = /^(?:GET|POST) \/(?:data|open|own\/\w+)(?:\?.*)?$/;

it("a body that stops arriving is a 408, and ends its connection", async () => {
  upstream.respondWith((req) => void req.resume(), { streaming: true });
  const headers = { "x-api-key": keys["good"], "Content-Type": "text/plain", "Content-Length": 99 };
  const req = request(`${service.url}/own/streams`, { method: "POST", headers });
  req.write("abc");
  const [response] = (await once(req, "response")) as [IncomingMessage];
  expect(response).toMatchObject({ statusCode: 408, headers: { connection: "close" } });
  expect(JSON.parse((await response.toArray()).join(""))).toMatchObject({ code: "request-timeout" });
  upstream.respondWith((req, res) => void res.end(`response to ${req.url}`));
  await expectInStep();
});

describe("100 MB", () => {
  const SIZE = 100 * 1_048_576;
  const chunks = function* () {
    for (let sent = 0; sent < SIZE; sent += 65_536) yield Buffer.alloc(65_536, sent / 65_536);
  };
  const digestOf = async (stream: AsyncIterable<Uint8Array>) => {
    const hash = createHash("sha256");
    for await (const chunk of stream) hash.update(chunk);
    return hash.digest("hex");
  };
  afterAll(() => upstream.respondWith((req, res) => void res.end(`response to ${req.url}`)));

  it("are sent to the upstream and back, byte for byte", async () => {
    upstream.respondWith((req, res) => void req.pipe(res), { streaming: true });
    const response = await fetch(`${service.url}/own/streams`, {
      method: "POST",
      headers: { "x-api-key": keys["good"] ?? "", "content-type": "application/octet-stream" },
      body: Readable.toWeb(Readable.from(chunks())),
      duplex: "half",
    } as unknown as RequestInit);
    expect(response.status).toBe(200);
    expect(await digestOf(response.body as unknown as AsyncIterable<Uint8Array>)).toBe(
      await digestOf(Readable.from(chunks())),
    );
  });
});
