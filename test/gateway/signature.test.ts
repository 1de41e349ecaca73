import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import express from "express";
import request from "supertest";
import { createSign } from "../../src/gateway/signature.ts";
import { temporaryFolder } from "../support/temporary.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../docs/gateway.md"), "utf8");
const SECRET = "0123456789abcdef0123456789abcdef";
const folder = temporaryFolder();
const app = express();

beforeAll(async () => {
  process.env["LATCHKEY_UPSTREAM_SECRET"] = SECRET;
  const [, snippet = ""] = /^```js\n([\s\S]*?)^```$/m.exec(PAGE) ?? [];
  const path = join(folder, "require-latchkey.mjs");
  writeFileSync(path, snippet);
  const { requireLatchkey } = await import(path);
  app.get("/data", requireLatchkey, (_req, res) => void res.send("signed"));
});
afterAll(() => {
  delete process.env["LATCHKEY_UPSTREAM_SECRET"];
});

const NOW = Math.floor(Date.now() / 1000);
const IDENTITY = { "X-Latchkey-Client": "client_a", "X-Latchkey-Scopes": "a:read b:read", "X-Request-Id": "req_a" };

function signed({ target = "/data?q=%20", timestamp = NOW, secret = SECRET } = {}) {
  return createSign(secret)({ timestamp, method: "GET", target, identity: Object.values(IDENTITY) });
}

it.each([
  ["a request through the gateway", signed(), IDENTITY, 200],
  ["another target", signed({ target: "/data" }), IDENTITY, 403],
  ["another secret", signed({ secret: `${SECRET}x` }), IDENTITY, 403],
  ["a request of ten minutes ago", signed({ timestamp: NOW - 600 }), IDENTITY, 403],
  ["another client", signed(), { ...IDENTITY, "X-Latchkey-Client": "client_b" }, 403],
  ["further identity headers", signed(), { ...IDENTITY, "X-Latchkey-Key": "key_b" }, 403],
  ["no signature", "", IDENTITY, 403],
  ["a truncated signature", signed().slice(0, -2), IDENTITY, 403],
])("the Express example in the docs recognizes %s", async (_, signature, headers, status) => {
  const response = await request(app).get("/data?q=%20").set(headers).set("X-Latchkey-Signature", signature);
  expect(response.status).toBe(status);
});
