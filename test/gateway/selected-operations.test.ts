import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { aService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { anUpstream } from "../support/upstream.ts";

const target = (name: string) =>
  `- { name: X-Amz-Target, in: header, required: true, schema: { type: string, enum: [Shop.${name}] } }`;
const operation = (path: string, id: string, parameter: string, method = "post") => `  ${path}:
    ${method}:
      operationId: ${id}
      security: [{ ApiKey: [shop:${id}] }]
      parameters: [${parameter.startsWith("-") ? `\n        ${parameter.slice(2)}\n      ` : parameter}]
      responses: { '200': { description: Done. } }
`;
const CONTRACT = `openapi: 3.1.1
info: { title: Shop, version: 1.0.0 }
paths:
${operation("/#X-Amz-Target=Shop.List", "list", target("List"))}${operation("/#X-Amz-Target=Shop.Delete", "delete", target("Delete"))}${operation("/jobs?op=run", "run", "", "get")}${operation("/jobs?op=stop", "stop", "", "get")}${operation("/jobs", "jobs", "", "get")}components:
  securitySchemes:
    ApiKey:
      { type: apiKey, in: header, name: X-API-Key, x-scopes: { shop:list: a, shop:delete: b, shop:run: c, shop:stop: d, shop:jobs: e } }
`;

const folder = temporaryFolder();
const upstream = anUpstream();
const service = aService(() => {
  const path = join(folder, "shop.yaml");
  writeFileSync(path, CONTRACT);
  return { LATCHKEY_CONTRACT: path, LATCHKEY_UPSTREAM: upstream.url };
});

const keys: Record<string, string> = {};
beforeAll(async () => {
  for (const name of ["list", "delete", "run", "stop", "jobs"]) {
    keys[name] = (await service.issue({ scopes: [`shop:${name}`] })).secret;
  }
});
beforeEach(() => upstream.forget());

const call = (key: string, name: string | readonly string[]) =>
  request(service.url)
    .post("/")
    .set("X-API-Key", String(keys[key]))
    .set("X-Amz-Target", name as string);
const get = (key: string, path: string) => request(service.url).get(path).set("X-API-Key", String(keys[key]));

describe("operations that a required parameter with one value tells apart", () => {
  it("are found by a header, and need their own scopes", async () => {
    await call("list", "Shop.List").expect(200);
    expect(upstream.last()).toMatchObject({ method: "POST", url: "/", headers: { "x-amz-target": "Shop.List" } });
    await call("delete", "Shop.Delete").expect(200);
    await call("list", "Shop.Delete").expect(403);
  });

  it("are not found by another value, two values or none", async () => {
    await call("list", "Shop.Other").expect(404);
    await call("list", ["Shop.List", "Shop.Delete"]).expect(404);
    await request(service.url).post("/").set("X-API-Key", String(keys["list"])).expect(404);
    expect(upstream.recorded).toEqual([]);
  });

  it("are found by the query that their path names", async () => {
    await get("run", "/jobs?op=run").expect(200);
    expect(upstream.last().url).toBe("/jobs?op=run");
    await get("run", "/jobs?op=stop").expect(403);
    await get("stop", "/jobs?op=%73top").expect(200);
    await get("jobs", "/jobs").expect(200);
  });

  it("leave requests that select none of them to the operation without such a parameter", async () => {
    await get("jobs", "/jobs?op=run&op=stop").expect(403);
    await get("jobs", "/jobs?op=other").expect(400);
    await get("run", "/jobs?op=run&op=run").expect(403);
    expect(upstream.recorded).toEqual([]);
  });
});

describe("a request in which an upstream may read the value of another operation", () => {
  const REPORTED = CONTRACT.replace(
    "paths:\n",
    `x-latchkey: { requests: report }\npaths:\n${operation("/#default", "any", "").replace("/#default", "/")}`,
  ).replace("shop:jobs: e", "shop:jobs: e, shop:any: f");
  const reported = aService(() => {
    const path = join(folder, "reported.yaml");
    writeFileSync(path, REPORTED);
    return { LATCHKEY_CONTRACT: path, LATCHKEY_UPSTREAM: upstream.url };
  });
  const secretFor = async (...names: readonly string[]) =>
    (await reported.issue({ scopes: names.map((name) => `shop:${name}`) })).secret;

  it.each([
    "op=stop&op[]=run",
    "op=stop&op[0]=run",
    "op=stop&OP=run",
    "op=stop&+op=run",
    "op=stop&op%20=run",
    "op=stop&o.p=RUN",
    "op=stop&x=1;op=run",
    "op=stop&amp;op=run",
  ])("needs the key of that one too, in the query: %s", async (query) => {
    const send = (secret: string) => request(reported.url).get(`/jobs?${query}`).set("X-API-Key", secret);
    expect((await send(await secretFor("stop")).expect(403)).body).toMatchObject({ code: "scope-missing" });
    expect(upstream.recorded).toEqual([]);
    await send(await secretFor("stop", "run")).expect(200);
    expect(upstream.last().url).toBe(`/jobs?${query}`);
  });

  it.each(["op=run&op=stop", "op=run,stop", "op=run;x", "op[]=run", "Op=run"])(
    "needs it where neither is selected: %s",
    async (query) => {
      const secret = await secretFor("jobs");
      await request(reported.url).get(`/jobs?${query}`).set("X-API-Key", secret).expect(403);
      await request(reported.url).get("/jobs?op=other&top=run").set("X-API-Key", secret).expect(200);
    },
  );

  it.each([
    ["two lines", { "X-Amz-Target": ["Shop.Delete", "Shop.Delete"] }],
    ["another spelling", { X_Amz_Target: "Shop.Delete" }],
    ["a list", { "X-Amz-Target": "Shop.Other, Shop.Delete" }],
  ])("needs it in a header, with %s", async (_, headers) => {
    const send = (secret: string) =>
      request(reported.url)
        .post("/")
        .set({ "X-API-Key": secret, ...headers } as Record<string, string>);
    await send(await secretFor("any")).expect(403);
    expect(upstream.recorded).toEqual([]);
    await send(await secretFor("any", "delete")).expect(200);
  });
});
