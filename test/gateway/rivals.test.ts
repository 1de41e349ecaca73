import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import express from "express";
import request from "supertest";
import { aService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";

const ID = "parameters: [{ name: id, in: path, required: true, schema: { type: string } }]";
const OK = "responses: { '200': { description: Done. } }";
const CONTRACT = `openapi: 3.1.1
info: { title: Items, version: 1.0.0 }
paths:
  /items/mine: { get: { operationId: mine, security: [{ ApiKey: [items:admin] }], ${OK} } }
  /items/{id}: { get: { operationId: item, security: [{ ApiKey: [items:read] }], ${ID}, ${OK} } }
  /pages/draft: { get: { operationId: draft, security: [{ ApiKey: [items:admin] }], ${OK} } }
  /pages/{id}: { get: { operationId: page, security: [], ${ID}, ${OK} } }
components:
  securitySchemes:
    ApiKey: { type: apiKey, in: header, name: X-API-Key, x-scopes: { items:read: a, items:admin: b } }
`;

/** An upstream that ignores case, as Express does by default. */
const app = express();
for (const name of ["/items/mine", "/items/:id", "/pages/draft", "/pages/:id"]) {
  app.get(name, (_, res) => res.json({ route: name }));
}
const upstream: Server = createServer(app);
beforeAll(() => new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve)));
afterAll(() => {
  upstream.close();
});

const folder = temporaryFolder();
const service = aService(() => {
  const path = join(folder, "items.yaml");
  writeFileSync(path, CONTRACT);
  const { port } = upstream.address() as AddressInfo;
  return { LATCHKEY_CONTRACT: path, LATCHKEY_UPSTREAM: `http://127.0.0.1:${port}` };
});

const secretFor = async (...scopes: readonly string[]) => (await service.issue({ scopes })).secret;
const get = (path: string, secret = "") => request(service.url).get(path).set("X-API-Key", secret);

describe("an upstream that finds another operation in a path", () => {
  it("is only asked if the key meets that operation too", async () => {
    const reader = await secretFor("items:read");
    expect((await get("/items/5", reader).expect(200)).body).toEqual({ route: "/items/:id" });
    expect((await get("/items/MINE", reader).expect(403)).body).toMatchObject({ code: "scope-missing" });
    await get("/items/MINE", await secretFor("items:admin")).expect(403);
    const both = await secretFor("items:read", "items:admin");
    expect((await get("/items/MINE", both).expect(200)).body).toEqual({ route: "/items/mine" });
  });

  it("is not asked without a key, where only that operation needs one", async () => {
    expect((await request(service.url).get("/pages/1").expect(200)).body).toEqual({ route: "/pages/:id" });
    await request(service.url).get("/pages/Draft").expect(401);
    await get("/pages/Draft", await secretFor("items:read")).expect(401);
  });
});
