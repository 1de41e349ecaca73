import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { contractWithOwnNames } from "../support/own-names.ts";
import { aService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { anUpstream } from "../support/upstream.ts";

const ADMIN_SCOPES = ["clients:read", "clients:write", "keys:read", "keys:write", "metrics:read", "usage:read"];
const ADMIN_PATHS = ["/v1/clients", "/v1/keys", "/v1/usage", "/v1/audit-events", "/metrics"];

describe("with a listener for administration, the built-in contract", () => {
  const service = aService({ LATCHKEY_ADMIN_LISTEN: "127.0.0.1:0" });
  let secret = "";
  beforeAll(async () => {
    ({ secret } = await service.issue({ scopes: [...ADMIN_SCOPES, "audit:read", "data:read"] }));
  });
  const get = (url: string, path: string) => request(url).get(path).set("X-API-Key", secret);
  const adminUrl = () => String(service.running.adminUrl);

  it.each(ADMIN_PATHS)("has %s there only", async (path) => {
    await get(adminUrl(), path).expect(200);
    const { body } = await get(service.url, path).expect(404);
    expect(body.code).toBe("not-found");
  });

  it("has its own operations here only", async () => {
    await get(service.url, "/data").expect(200);
    await get(adminUrl(), "/data").expect(404);
  });

  it.each(["/healthz", "/readyz", "/docs", "/openapi.json", "/problems/key-missing", "/v1/key"])(
    "has %s at both",
    async (path) => {
      for (const url of [service.url, adminUrl()]) await get(url, path).expect(200);
    },
  );

  it("is documented where it is served", async () => {
    const pathsAt = async (url: string) => Object.keys((await get(url, "/openapi.json")).body.paths);
    expect(await pathsAt(service.url)).toEqual(expect.arrayContaining(["/data", "/v1/key"]));
    expect(await pathsAt(service.url)).not.toContain("/v1/keys");
    expect(await pathsAt(adminUrl())).toContain("/v1/keys");
    expect(await pathsAt(adminUrl())).not.toContain("/data");
  });

  it("revokes a key that the other listener knows", async () => {
    const { secret: other, key } = await service.issue({ scopes: ["data:read"] });
    const call = () => request(service.url).get("/data").set("X-API-Key", other);
    await call().expect(200);
    await request(adminUrl()).post(`/v1/keys/${key.id}/revoke`).set("X-API-Key", secret).send({}).expect(200);
    await call().expect(401);
  });

  it("grants every scope, also those of its other listener", async () => {
    const client = await request(adminUrl())
      .post("/v1/clients")
      .set("X-API-Key", secret)
      .send({ name: "b" })
      .expect(201);
    const wanted = { clientId: client.body.id, name: "k", scopes: ["data:read", "keys:read"] };
    await request(adminUrl()).post("/v1/keys").set("X-API-Key", secret).send(wanted).expect(201);
  });
});

describe("with a listener for administration, a user contract", () => {
  const folder = temporaryFolder();
  const upstream = anUpstream();
  const service = aService(() => {
    const path = join(folder, "shop.yaml");
    const text = contractWithOwnNames().replace("  /healthz:", "  /health:").replace("  /docs/intro:", "  /intro:");
    writeFileSync(path, text);
    return { LATCHKEY_CONTRACT: path, LATCHKEY_UPSTREAM: upstream.url, LATCHKEY_ADMIN_LISTEN: "127.0.0.1:0" };
  });

  it("may have paths and operationIds of administration", async () => {
    const { secret } = await service.issue({ scopes: ["shop:read", ...ADMIN_SCOPES] });
    for (const path of ["/v1/keys", "/metrics", "/orders"]) {
      await request(service.url).get(path).set("X-API-Key", secret).expect(200, { ok: true });
    }
    const { body } = await request(String(service.running.adminUrl))
      .get("/v1/keys")
      .set("X-API-Key", secret)
      .expect(200);
    expect(body.items).toHaveLength(1);
  });

  it("keeps administration behind its scopes", async () => {
    const { secret } = await service.issue({ scopes: ["shop:read"] });
    const adminUrl = String(service.running.adminUrl);
    for (const path of ["/v1/keys", "/v1/clients", "/metrics"]) {
      await request(adminUrl).get(path).expect(401);
      await request(adminUrl).get(path).set("X-API-Key", secret).expect(403);
    }
    await request(adminUrl).get("/orders").set("X-API-Key", secret).expect(404);
  });
});
