import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { revokeKey } from "../../../src/admin/keys/revoke-key.ts";
import { SCOPES } from "../../support/builders.ts";
import { startLatchkey } from "../../support/process/child.ts";
import { aService } from "../../support/service.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { exchangeRaw } from "../../support/wire/raw.ts";

const folder = temporaryFolder();
const service = aService({ DATABASE_URL: `sqlite:${join(folder, "canary.db")}` });

const HOST = "Host: localhost\r\n";
const TYPE = "Content-Type: application/json\r\n";
const post = (body: string, lines = "") =>
  `POST /v1/clients HTTP/1.1\r\n${HOST}${TYPE}${lines}Content-Length: ${body.length}\r\n\r\n${body}`;
const get = (lines: string, target = "/data") => `GET ${target} HTTP/1.1\r\n${HOST}${lines}\r\n`;

/** Where a client may send a key, on purpose or by accident. */
const PLACES: Readonly<Record<string, (key: string) => string>> = {
  "the header": (key) => get(`x-api-key: ${key}\r\n`),
  "a bearer token": (key) => get(`Authorization: Bearer ${key}\r\n`),
  "a basic credential": (key) =>
    get(`Authorization: Basic ${Buffer.from(`${key}:`).toString("base64")}\r\nX-Raw: Basic ${key}\r\n`),
  "the query, where it is allowed": (key) => get("", `/info?api_key=${key}`),
  "the query, where it is not allowed": (key) => get("", `/data?api_key=${key}`),
  "the name of a parameter": (key) => get(`x-api-key: ${key}\r\n`, `/data?${key}=1`),
  "the path": (key) => get("", `/v1/keys/${key}`),
  "the path of a page": (key) => get("", `/problems/${key}`),
  "a body": (key) => post(JSON.stringify({ name: key }), `x-api-key: ${key}\r\n`),
  "the name of a field": (key) => post(JSON.stringify({ [key]: 1 }), `x-api-key: ${key}\r\n`),
  "malformed JSON": (key) => post(`{"name": ${key}`, `x-api-key: ${key}\r\n`),
  "a trailer": (key) =>
    `POST /v1/clients HTTP/1.1\r\n${HOST}${TYPE}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx-api-key: ${key}\r\n\r\n`,
  Referer: (key) => get(`Referer: http://localhost/info?api_key=${key}\r\n`),
  "User-Agent": (key) => get(`User-Agent: ${key}\r\n`),
  "a cookie": (key) => get(`Cookie: key=${key}\r\n`),
  "an upgrade": (key) => get(`Connection: Upgrade\r\nUpgrade: ${key}\r\n`),
  "a WebSocket's protocol": (key) =>
    get(`Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: ${key}\r\n`),
  "a header that is too large": (key) => get(`X-Large: ${key.repeat(500)}\r\n`),
  "a method": (key) => `${key} /data HTTP/1.1\r\n${HOST}\r\n`,
  "the Host": (key) => `GET /data HTTP/1.1\r\nHost: ${key}\r\n\r\n`,
  "the target, as a URL that is none": (key) => get("", `http://[${key}/data`),
  "a content type": (key) => post("{}", `x-api-key: ${key}\r\nContent-Type: application/${key}\r\n`),
  "a forwarded address": (key) => get(`X-Forwarded-For: ${key}\r\n`),
};

/** What is the matter with the key: each outcome writes other lines. */
const keys: Record<string, string> = {};

beforeAll(async () => {
  const good = await service.issue({ client: "canary", scopes: SCOPES });
  const narrow = await service.issue({ client: "canary", scopes: ["info:read"] });
  const revoked = await service.issue({ client: "canary", scopes: SCOPES });
  await revokeKey(revoked.key.id, { reason: "leaked" }, service.running.actions);
  const expired = await service.issue({ client: "canary", scopes: SCOPES });
  await service.running.actions.db
    .updateTable("keys")
    .set({ expires_at: 1 })
    .where("id", "=", expired.key.id)
    .execute();
  Object.assign(keys, { good: good.secret, narrow: narrow.secret, revoked: revoked.secret, expired: expired.secret });
  keys["unknown"] = `${good.secret.slice(0, 8)}${"Z".repeat(38)}`;
});

/** The random part of a key in several encodings, and a part of it. */
function spellingsOf(key: string): readonly string[] {
  const random = key.slice(-38);
  return [random, Buffer.from(random).toString("hex"), Buffer.from(key).toString("base64"), random.slice(0, 20)];
}

describe.each(["good", "narrow", "revoked", "expired", "unknown"])("a key that is %s", (state) => {
  it.each(Object.entries(PLACES))("does not occur in the response when it was sent in %s", async (_, write) => {
    const text = await exchangeRaw(service.port, write(keys[state] ?? ""), 150);
    // A client may be named like a key; then the response contains it.
    if (text.startsWith("HTTP/1.1 201")) return;
    for (const spelling of spellingsOf(keys[state] ?? "")) expect(text).not.toContain(spelling);
  });
});

describe("after all of these requests, no key is found", () => {
  it("in the log at its most verbose level", () => {
    const log = JSON.stringify(service.logged());
    expect(service.logged().length).toBeGreaterThan(100);
    for (const key of Object.values(keys)) for (const spelling of spellingsOf(key)) expect(log).not.toContain(spelling);
  });

  it("in the database and its WAL, except where a key was used as a name", async () => {
    await service.running.actions.db
      .updateTable("clients")
      .set({ name: "named like a key" })
      .where("name", "like", "lk\\_%")
      .execute();
    const files = readdirSync(folder);
    expect(files).toEqual(expect.arrayContaining(["canary.db", "canary.db-wal"]));
    const unnamed = Object.entries(keys).filter(([state]) => state !== "good");
    for (const file of files) {
      const bytes = readFileSync(join(folder, file), "latin1");
      for (const [, key] of unnamed) expect(bytes).not.toContain(key.slice(-38));
    }
  });

  it("in the output of a process that cannot start", async () => {
    const key = keys["good"] ?? "";
    const settings = {
      PORT: key,
      HOST: key,
      DATABASE_URL: key,
      LOG_LEVEL: key,
      LATCHKEY_BRAND: key,
      LATCHKEY_CLEARTEXT: key,
    };
    const { code, out, err } = await startLatchkey(["serve"], settings).ended;
    expect(code).toBe(1);
    expect(out + err).not.toContain(key.slice(-38));
  });
});
