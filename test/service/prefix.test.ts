import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { contractWithOwnNames } from "../support/own-names.ts";
import { aService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { anUpstream } from "../support/upstream.ts";
import { aRequest, exchangeRaw, parseResponse, sendRaw } from "../support/wire/raw.ts";

const folder = temporaryFolder();
const upstream = anUpstream();
const service = aService(() => {
  const path = join(folder, "shop.yaml");
  writeFileSync(path, contractWithOwnNames("x-latchkey: { prefix: /_latchkey }\n"));
  return { LATCHKEY_CONTRACT: path, LATCHKEY_UPSTREAM: upstream.url, LATCHKEY_METRICS: "open" };
});

let user = "";
let admin = "";
beforeAll(async () => {
  user = (await service.issue({ scopes: ["shop:read"] })).secret;
  admin = (await service.issue({ scopes: ["clients:write", "keys:write", "keys:read"] })).secret;
});
beforeEach(() => upstream.forget());

const ask = (method: "get" | "post", path: string, key = user) =>
  request(service.url)[method](path).set("X-API-Key", key);

describe("with a prefix, the paths of the user contract", () => {
  it.each([
    ["get", "/v1/keys"],
    ["post", "/v1/clients"],
    ["get", "/metrics"],
    ["get", "/healthz"],
    ["get", "/docs/intro"],
    ["get", "/orders"],
  ] as const)("reach the upstream: %s %s", async (method, path) => {
    await ask(method, path).expect(200);
    expect(upstream.last()).toMatchObject({ method: method.toUpperCase(), url: path });
  });

  it("need their own scopes, whatever their operationIds", async () => {
    const { body } = await ask("get", "/v1/keys", admin).expect(403);
    expect(body).toMatchObject({ code: "scope-missing", type: "/_latchkey/problems/scope-missing" });
    expect(upstream.recorded).toEqual([]);
  });

  it.each(["/docs", "/openapi.json", "/problems", "/readyz", "/v1/key", "/v1/authorize"])(
    "are not %s",
    async (path) => {
      const { body } = await ask("get", path).expect(404);
      expect(body.detail).toBe("Nothing is served at this path; see /_latchkey/docs for the paths of this API.");
    },
  );
});

describe("with a prefix, Latchkey", () => {
  it("serves its operations below it", async () => {
    await request(service.url).get("/_latchkey/healthz").expect(200, { status: "ok" });
    await request(service.url).get("/_latchkey/readyz").expect(200);
    expect((await ask("get", "/_latchkey/v1/key").expect(200)).body.scopes).toEqual(["shop:read"]);
    await ask("get", "/_latchkey/v1/keys").expect(403);
    const created = await ask("post", "/_latchkey/v1/clients", admin).send({ name: "acme-2" }).expect(201);
    expect(created.headers["location"]).toBe(`/_latchkey/v1/clients/${created.body.id}`);
    expect(upstream.recorded).toEqual([]);
  });

  it("serves its pages below it, with links that lead there", async () => {
    const { text } = await request(service.url).get("/_latchkey/docs").expect(200);
    const links = [...text.matchAll(/(?:src|href)=["']([^"']+)["']/g)].map(([, link = ""]) => link);
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) {
      const { pathname } = new URL(link, `${service.url}/_latchkey/docs`);
      await request(service.url).get(pathname).expect(200);
    }
    await request(service.url).get("/_latchkey/docs/").expect(308);
    await request(service.url).get("/_latchkey/metrics").expect(200);
    await request(service.url).get("/_latchkey/problems").expect(200);
    await request(service.url).get("/_latchkey/problems/scope-missing").expect(200);
  });

  it("shows both under their own names", async () => {
    const { body } = await request(service.url).get("/_latchkey/openapi.json").expect(200);
    expect(body.paths["/v1/keys"].get.operationId).toBe("listKeys");
    expect(body.paths["/_latchkey/v1/keys"].get.operationId).toBe("latchkeyListKeys");
    expect(body.paths["/_latchkey/v1/keys"].post.operationId).toBe("createKey");
    expect(JSON.stringify(body.paths["/_latchkey/v1/keys"])).not.toMatch(/"\/(?:v1|problems)\//);
    const shown = (await request(service.url).get("/_latchkey/docs/openapi.json").expect(200)).body;
    expect(JSON.stringify(shown.components.responses)).toContain("[scope-missing](problems/scope-missing)");
  });

  it("explains refusals before the pipeline there", async () => {
    const { body } = parseResponse(await exchangeRaw(service.port, "NONSENSE\r\n\r\n"));
    expect(JSON.parse(body).type).toMatch(/^\/_latchkey\/problems\//);
  });

  it("tells proxies there who may call", async () => {
    const lines = [`x-api-key: ${user}`, "X-Original-Method: GET", "X-Original-URI: /v1/keys"];
    const allowed = await sendRaw(service.port, Buffer.from(aRequest("/_latchkey/v1/authorize", lines)));
    expect(allowed).toMatchObject({ status: 200, headers: { "x-latchkey-operation": "listKeys" } });
    const refused = await sendRaw(service.port, Buffer.from(aRequest("/_latchkey/v1/authorize", lines.slice(1))));
    expect(refused.status).toBe(401);
    const below = await sendRaw(
      service.port,
      Buffer.from(aRequest("/_latchkey/v1/authorize/orders", lines.slice(0, 1))),
    );
    expect(below.headers["x-latchkey-operation"]).toBe("getReadiness");
    const own = [`x-api-key: ${user}`, "X-Original-Method: GET", "X-Original-URI: /_latchkey/v1/authorize"];
    expect((await sendRaw(service.port, Buffer.from(aRequest("/_latchkey/v1/authorize", own)))).status).toBe(403);
  });
});
