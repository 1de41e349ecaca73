import { beforeAll, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { SCOPES, UNKNOWN_SECRET } from "../../support/builders.ts";
import { expectDeclared } from "../../support/model/declared.ts";
import { aService } from "../../support/service.ts";

const service = aService();
let admin = "";
let adminKey = { id: "", client: { id: "" } };

beforeAll(async () => {
  ({ key: adminKey, secret: admin } = await service.issue({ client: "admin", scopes: SCOPES }));
});

const post = (path: string, body: object) => request(service.url).post(path).set("x-api-key", admin).send(body);
const list = (query = "") => request(service.url).get(`/v1/audit-events${query}`).set("x-api-key", admin);

async function newest(query = "") {
  const answer = await list(query);
  expectDeclared("listAuditEvents", answer);
  expect(answer.status).toBe(200);
  return answer.body.items;
}

describe("an action over HTTP", () => {
  it("is recorded with its key, address and request id", async () => {
    const registered = await post("/v1/clients", { name: "globex" }).expect(201);
    const [event] = await newest("?limit=1");
    expect(event).toEqual({
      id: expect.stringMatching(/^event_/),
      at: registered.body.createdAt,
      action: "client.registered",
      actor: { kind: "key", keyId: adminKey.id, clientId: adminKey.client.id },
      target: { kind: "client", id: registered.body.id },
      address: "127.0.0.1",
      requestId: registered.headers["x-request-id"],
      details: { name: "globex" },
      previousHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it("of every kind is recorded once, under its name", async () => {
    await post("/v1/clients", { name: "initech" }).expect(201);
    const issued = await post("/v1/keys", { clientId: "initech", name: "all", scopes: ["data:read"] }).expect(201);
    const { id } = issued.body.key;
    for (const word of ["disable", "enable"]) await post(`/v1/clients/initech/${word}`, {});
    for (const word of ["disable", "enable", "rotate", "revoke"]) await post(`/v1/keys/${id}/${word}`, {});
    const actions = (await newest("?limit=9")).map(({ action }: { action: string }) => action);
    expect(actions.toReversed()).toEqual([
      "client.registered",
      "key.issued",
      "client.disabled",
      "client.enabled",
      "key.disabled",
      "key.enabled",
      "key.rotated",
      "key.revoked",
      // Its successor goes with it.
      "key.revoked",
    ]);
  });

  it("that was refused is not recorded", async () => {
    const before = await newest("?limit=1");
    await post("/v1/clients", { name: "admin" }).expect(409);
    await post("/v1/keys", { clientId: "nobody", name: "x", scopes: ["data:read"] }).expect(400);
    expect(await newest("?limit=1")).toEqual(before);
  });

  it("is recorded without a key that its reason contains", async () => {
    const { key } = await service.issue();
    await post(`/v1/keys/${key.id}/revoke`, { reason: `found ${UNKNOWN_SECRET}` }).expect(200);
    const answer = await list("?limit=1");
    expect(answer.body.items[0].details).toEqual({ reason: "found [redacted]" });
    expect(answer.text).not.toContain(UNKNOWN_SECRET);
  });

  it("of a key on itself has the key as its principal", async () => {
    const { key, secret } = await service.issue({ selfRotation: true });
    await request(service.url).post("/v1/key/rotate").set("x-api-key", secret).expect(201);
    const [event] = await newest("?limit=1");
    expect(event).toMatchObject({
      action: "key.rotated",
      actor: { kind: "key", keyId: key.id },
      target: { id: key.id },
    });
  });
});

describe("the audit log over HTTP", () => {
  it("is read page by page, and is one chain", async () => {
    const seen = [];
    let cursor = "";
    do {
      const answer = await list(`?limit=3${cursor}`).expect(200);
      seen.push(...answer.body.items);
      cursor = answer.body.nextCursor ? `&cursor=${answer.body.nextCursor}` : "";
    } while (cursor !== "");
    expect(seen).toEqual(await newest("?limit=100"));
    const oldestFirst = seen.toReversed();
    expect(oldestFirst.map(({ previousHash }) => previousHash)).toEqual([
      "0".repeat(64),
      ...oldestFirst.slice(0, -1).map(({ hash }) => hash),
    ]);
  });

  it("can be filtered by action, key, client and time", async () => {
    const { key } = await service.issue({ client: "hooli" });
    await post(`/v1/keys/${key.id}/revoke`, {}).expect(200);
    const actions = async (query: string) => (await newest(query)).map(({ action }: { action: string }) => action);
    expect(await actions(`?keyId=${key.id}`)).toEqual(["key.revoked", "key.issued"]);
    expect(await actions(`?clientId=${key.client.id}`)).toEqual(["key.revoked", "key.issued", "client.registered"]);
    expect(await actions(`?keyId=${key.id}&action=key.issued`)).toEqual(["key.issued"]);
    expect(await actions("?from=2099-01-01T00:00:00Z")).toEqual([]);
    expect(await actions("?to=2020-01-01T00:00:00Z")).toEqual([]);
    expect(await actions(`?keyId=${key.id}&from=2020-01-01T00:00:00Z&to=2099-01-01T00:00:00Z`)).toHaveLength(2);
  });

  it.each([
    ["action=key.eaten", "#/query/action"],
    ["keyId=key_1", "#/query/keyId"],
    ["clientId=hooli", "#/query/clientId"],
    ["from=yesterday", "#/query/from"],
    ["from=2026-11-24T23:59:60Z", "#/query/from"],
    ["to=2016-12-31T23:59:60Z", "#/query/to"],
    ["limit=0", "#/query/limit"],
    ["cursor=x", "#/query/cursor"],
  ])("refuses ?%s, and says where it is wrong", async (query, pointer) => {
    const answer = await list(`?${query}`);
    expectDeclared("listAuditEvents", answer);
    expect(answer.body).toMatchObject({ status: 400, code: "request-invalid", errors: [{ pointer }] });
  });
});
