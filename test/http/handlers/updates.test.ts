import { describe, expect, it } from "@jest/globals";
import { anAdmin } from "../../support/admin.ts";
import { DAY_MS } from "../../support/builders.ts";
import { expectDeclared } from "../../support/model/declared.ts";
import { aService } from "../../support/service.ts";

const service = aService({ LATCHKEY_MAX_KEYS_PER_CLIENT: "3" });
const { get, post, patch } = anAdmin(service);

let clients = 0;
const aHolder = () => `holder ${++clients}`;

describe("a change of a key", () => {
  it("applies from the next request, and leaves the rest unchanged", async () => {
    const { key, secret } = await service.issue({ client: aHolder(), metadata: { team: "blue" } });
    await get("/data", secret).expect(200);
    const looked = await get(`/v1/keys/${key.id}`);
    expectDeclared("getKey", looked);
    const changed = await patch(`/v1/keys/${key.id}`, { scopes: ["info:read"] }, looked.headers["etag"]);
    expectDeclared("updateKey", changed);
    expect(changed.body).toEqual({ ...looked.body, scopes: ["info:read"] });
    expect(changed.headers["etag"]).not.toBe(looked.headers["etag"]);
    expect((await get("/data", secret)).body.code).toBe("scope-missing");
    expect((await get(`/v1/keys/${key.id}`)).headers["etag"]).toBe(changed.headers["etag"]);
  });

  it("can clear everything that a key was issued with", async () => {
    const expiresAt = service.running.actions.clock.now() + DAY_MS;
    const { key } = await service.issue({
      client: aHolder(),
      expiresAt,
      allowedIps: ["10.0.0.0/8"],
      selfRotation: true,
    });
    const metadata = { nested: { list: [1, null, "x"] } };
    const body = { name: "other", expiresAt: null, allowedIps: [], selfRotation: false, metadata };
    const changed = await patch(`/v1/keys/${key.id}`, body).expect(200);
    expect(changed.body).toMatchObject(body);
  });

  it("is 428 without If-Match, and 412 with an outdated version", async () => {
    const { key } = await service.issue({ client: aHolder() });
    const path = `/v1/keys/${key.id}`;
    const { etag = "" } = (await get(path)).headers;
    const blind = await patch(path, { name: "a" }, "");
    expectDeclared("updateKey", blind);
    expect(blind.body).toMatchObject({ status: 428, code: "precondition-required" });

    await patch(path, { name: "first" }, etag).expect(200);
    const late = await patch(path, { name: "second" }, etag);
    expectDeclared("updateKey", late);
    expect(late.body).toMatchObject({ status: 412, code: "precondition-failed" });
    for (const other of [`W/${(await get(path)).headers["etag"]}`, '"x", "y"']) {
      await patch(path, { name: "third" }, other).expect(412);
    }
    expect((await get(path)).body.name).toBe("first");
    await patch(path, { name: "third" }, `"x", ${(await get(path)).headers["etag"]}`).expect(200);
    for (const unquoted of ["3pXKb0mB0gG8uJq2d1wTzQ", etag.slice(1, -1), `${etag},`, '"a" "b"']) {
      const answer = await patch(path, { name: "a" }, unquoted);
      expectDeclared("updateKey", answer);
      expect(answer.body).toMatchObject({ status: 400, detail: expect.stringContaining("with its quotes") });
      expect(answer.body.errors[0].pointer).toBe("#/header/if-match");
    }
  });

  it("is made once when many are sent at the same time with one version", async () => {
    const { key } = await service.issue({ client: aHolder() });
    const { etag } = (await get(`/v1/keys/${key.id}`)).headers;
    const names = Array.from({ length: 8 }, (_, n) => `name ${n}`);
    const answers = await Promise.all(names.map((name) => patch(`/v1/keys/${key.id}`, { name }, etag)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array(7).fill(412)]);
  });

  it.each([
    ["nothing", {}, "#"],
    ["an unknown field", { environment: "test" }, "#/environment"],
    ["no scopes", { scopes: [] }, "#/scopes"],
    ["an unknown scope", { scopes: ["data:read", "moon:read"] }, "#/scopes/1"],
    ["a past end", { expiresAt: "2020-01-01T00:00:00Z" }, "#/expiresAt"],
    ["a day that does not exist", { expiresAt: "2099-02-30T00:00:00Z" }, "#/expiresAt"],
    ["no network", { allowedIps: ["10.0.0.0/40"] }, "#/allowedIps/0"],
    ["notes of more than 4 KB", { metadata: { note: "x".repeat(4090) } }, "#/metadata"],
    ["a number that programs disagree about", { metadata: { list: [1e300] } }, "#/metadata"],
    ["an invisible name", { name: "\u200b" }, "#/name"],
  ])("to %s is 400 and told where", async (_, body, pointer) => {
    const { key } = await service.issue({ client: aHolder() });
    const before = (await get(`/v1/keys/${key.id}`)).body;
    const answer = await patch(`/v1/keys/${key.id}`, body);
    expectDeclared("updateKey", answer);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].pointer).toBe(pointer);
    expect((await get(`/v1/keys/${key.id}`)).body).toEqual(before);
  });

  it("of a revoked key is 409, of an unknown one 404", async () => {
    const { key } = await service.issue({ client: aHolder() });
    await post(`/v1/keys/${key.id}/revoke`).expect(200);
    const answer = await patch(`/v1/keys/${key.id}`, { name: "a" });
    expectDeclared("updateKey", answer);
    expect(answer.body).toMatchObject({ status: 409, code: "key-not-changeable" });
    await patch("/v1/keys/key_zzzzzzzzzzzzzzzzzzzz", { name: "a" }).expect(404);
  });

  it("that changes nothing is not recorded; any other is recorded with the old values", async () => {
    const { key } = await service.issue({ client: aHolder() });
    const events = async () => (await get(`/v1/audit-events?keyId=${key.id}&action=key.changed`)).body.items;
    await patch(`/v1/keys/${key.id}`, { name: key.name, scopes: [...key.scopes] }).expect(200);
    expect(await events()).toEqual([]);
    await patch(`/v1/keys/${key.id}`, { name: "new", metadata: { private: "note" } }).expect(200);
    const [event] = await events();
    expect(event.details).toEqual({ name: "new", nameBefore: key.name, metadata: "changed" });
  });
});

describe("a key with administrative scopes", () => {
  it("may be restricted, but not extended, by a key that lacks them", async () => {
    const { secret: lesser } = await service.issue({ client: aHolder(), scopes: ["keys:write"] });
    const expiresAt = service.running.actions.clock.now() + DAY_MS;
    const { key } = await service.issue({
      client: aHolder(),
      scopes: ["clients:write", "data:read"],
      expiresAt,
      allowedIps: ["10.0.0.0/8"],
    });
    const later = new Date(expiresAt + DAY_MS).toISOString();
    for (const body of [
      { expiresAt: later },
      { expiresAt: null },
      { allowedIps: [] },
      { allowedIps: ["10.0.0.0/8", "192.0.2.0/24"] },
      { allowedIps: ["10.0.0.0/7"] },
      { scopes: ["clients:write", "data:read", "info:read"] },
      { selfRotation: true },
    ]) {
      const answer = await patch(`/v1/keys/${key.id}`, body, "*", lesser);
      expectDeclared("updateKey", answer);
      expect([body, answer.body.code]).toEqual([body, "scope-not-grantable"]);
      expect(answer.body.detail).toContain("clients:write");
    }
    const sooner = new Date(expiresAt - 1000).toISOString();
    await patch(
      `/v1/keys/${key.id}`,
      { name: "a", allowedIps: ["10.1.0.0/16"], expiresAt: sooner },
      "*",
      lesser,
    ).expect(200);
    await patch(`/v1/keys/${key.id}`, { scopes: ["data:read"] }, "*", lesser).expect(200);
    await patch(`/v1/keys/${key.id}`, { expiresAt: null }, "*", lesser).expect(200);
    expect((await patch(`/v1/keys/${key.id}`, { scopes: ["keys:read"] }, "*", lesser)).body.code).toBe(
      "scope-not-grantable",
    );
    await patch(`/v1/keys/${key.id}`, { scopes: ["keys:read"] }).expect(200);
  });

  it("is extended only within the expiry and networks of the key that does it, also for itself", async () => {
    const expiresAt = Date.now() + DAY_MS;
    const { key, secret } = await service.issue({ client: aHolder(), scopes: ["keys:write"], expiresAt });
    const unlimited = await service.issue({ client: aHolder(), scopes: ["keys:write"] });
    for (const answer of [
      await patch(`/v1/keys/${key.id}`, { expiresAt: null }, "*", secret),
      await patch(`/v1/keys/${unlimited.key.id}`, { selfRotation: true }, "*", secret),
      await post(`/v1/keys/${unlimited.key.id}/rotate`, undefined, secret),
      await post("/v1/keys", { clientId: key.client.id, name: "a", scopes: ["keys:write"] }, secret),
    ]) {
      expect(answer.body).toMatchObject({ status: 403, code: "scope-not-grantable" });
      expect(answer.body.detail).toContain("within its own expiry and networks");
    }
    await post(`/v1/keys/${key.id}/rotate`, undefined, secret).expect(201);
  });
});

describe("a change of a client", () => {
  it("needs If-Match, and shows in its keys", async () => {
    const { key } = await service.issue({ client: "before" });
    const looked = await get("/v1/clients/before");
    expectDeclared("getClient", looked);
    const changed = await patch("/v1/clients/before", { name: "after", metadata: { a: [1] } }, looked.headers["etag"]);
    expectDeclared("updateClient", changed);
    expect(changed.body).toMatchObject({ id: looked.body.id, name: "after", metadata: { a: [1] } });
    expect((await get(`/v1/keys/${key.id}`)).body.client.name).toBe("after");
    await patch("/v1/clients/before", { name: "x" }).expect(404);
    expect((await patch("/v1/clients/after", { name: "x" }, looked.headers["etag"])).body.code).toBe(
      "precondition-failed",
    );
    expect((await patch("/v1/clients/after", { name: "x" }, "")).body.code).toBe("precondition-required");
    await patch("/v1/clients/after", { name: "after" }).expect(200);
    const { items } = (await get(`/v1/audit-events?clientId=${looked.body.id}&action=client.changed`)).body;
    expect(items.map(({ details }: { details: object }) => details)).toEqual([
      { name: "after", nameBefore: "before", metadata: "changed" },
    ]);
  });

  it("is refused to a key that could not grant the scopes of its keys", async () => {
    const { secret: lesser } = await service.issue({ client: aHolder(), scopes: ["clients:write"] });
    const target = aHolder();
    await service.issue({ client: target, scopes: ["keys:write"] });
    const answer = await patch(`/v1/clients/${target}`, { name: "decoy" }, "*", lesser);
    expectDeclared("updateClient", answer);
    expect(answer.body).toMatchObject({ status: 403, code: "scope-not-grantable" });
    await patch(`/v1/clients/${target}`, { name: target, metadata: { a: 1 } }, "*", lesser).expect(200);
    const plain = aHolder();
    await service.issue({ client: plain, scopes: ["data:read"] });
    await patch(`/v1/clients/${plain}`, { name: `${plain} renamed` }, "*", lesser).expect(200);
  });

  it("cannot take the name of another client, nor one like an id", async () => {
    await service.issue({ client: "mine" });
    expect((await patch("/v1/clients/mine", { name: "admin" })).body).toMatchObject({
      status: 409,
      code: "client-name-taken",
    });
    for (const [body, pointer] of [
      [{ name: "client_x" }, "#/name"],
      [{ name: ".." }, "#/name"],
      [{ metadata: { note: "x".repeat(4090) } }, "#/metadata"],
      [{ metadata: { "a\nb": 1 } }, "#/metadata"],
    ] as const) {
      const answer = await patch("/v1/clients/mine", body);
      expectDeclared("updateClient", answer);
      expect(answer.status).toBe(400);
      expect(answer.body.errors[0].pointer).toContain(pointer);
    }
  });
});

describe("invalid metadata", () => {
  it("is reported with its place, at creation too", async () => {
    const metadata = { note: "x".repeat(4090) };
    const key = await post("/v1/keys", { clientId: "admin", name: "a", scopes: ["data:read"], metadata });
    expectDeclared("createKey", key);
    const client = await post("/v1/clients", { name: "noted", metadata });
    expectDeclared("createClient", client);
    for (const { body } of [key, client]) expect(body.errors[0].pointer).toBe("#/metadata");
  });
});

describe("a resource", () => {
  it("never gets a 304, which the contract does not declare", async () => {
    const { key } = await service.issue({ client: aHolder() });
    const { etag = "" } = (await get(`/v1/keys/${key.id}`)).headers;
    expect((await get(`/v1/keys/${key.id}`).set("If-None-Match", etag)).body.id).toBe(key.id);
    expect((await get("/v1/key").set("If-None-Match", "*")).status).toBe(200);
  });
});

describe("a client", () => {
  const issue = (clientId: string, body: object = {}) =>
    post("/v1/keys", { clientId, name: "a", scopes: ["data:read"], ...body });

  it("has a maximum number of keys, also for concurrent requests", async () => {
    const client = aHolder();
    await post("/v1/clients", { name: client }).expect(201);
    const answers = await Promise.all(Array.from({ length: 9 }, () => issue(client)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 201, 201, ...Array(6).fill(409)]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body.code).toBe("too-many-keys");
    expectDeclared("createKey", refused as never);
  });

  it("can have a new key for each revoked or expired one, and can rotate at the maximum", async () => {
    const client = aHolder();
    const [first, second, third] = [
      await service.issue({ client }),
      await service.issue({ client }),
      await service.issue({ client }),
    ];
    await post(`/v1/keys/${first.key.id}/rotate`).expect(201);
    await issue(client).expect(409);
    await post(`/v1/keys/${second.key.id}/revoke`).expect(200);
    await issue(client).expect(201);
    await issue(client).expect(409);
    const { db } = service.running.actions;
    await db.updateTable("keys").set({ expires_at: 1 }).where("id", "=", third.key.id).execute();
    await issue(client).expect(201);
    // What expired does not come back past the others.
    const back = await patch(`/v1/keys/${third.key.id}`, { expiresAt: null });
    expectDeclared("updateKey", back);
    expect(back.body).toMatchObject({ status: 409, code: "too-many-keys" });
  });

  it("loses all its keys at once, also successors and disabled ones, and stays", async () => {
    const client = aHolder();
    const [one, two] = [await service.issue({ client }), await service.issue({ client })];
    const { body: successor } = await post(`/v1/keys/${one.key.id}/rotate`).expect(201);
    await post(`/v1/keys/${two.key.id}/disable`).expect(200);
    const answer = await post(`/v1/clients/${encodeURIComponent(client)}/revoke-keys`, { reason: "contract ended" });
    expectDeclared("revokeClientKeys", answer);
    expect(answer.body).toMatchObject({ client: { name: client }, revoked: 3 });
    for (const secret of [one.secret, two.secret, successor.secret]) {
      expect((await get("/data", secret)).body.code).toBe("key-revoked");
    }
    expect((await get(`/v1/keys/${two.key.id}`)).body.revocationReason).toBe("contract ended");
    expect((await post(`/v1/clients/${encodeURIComponent(client)}/revoke-keys`)).body.revoked).toBe(0);
    await issue(client).expect(201);
    await post("/v1/clients/nobody/revoke-keys").expect(404);
  });
});

describe("limits and plans", () => {
  it("of a key are changed like other fields, and cleared with null", async () => {
    const client = aHolder();
    const { key } = await service.issue({ client });
    await patch(`/v1/clients/${encodeURIComponent(client)}`, { plan: "free" }).expect(200);
    const limits = { set: { perKey: { requests: 5, windowSeconds: 60, burst: 2 } }, until: "2099-01-31T12:00:00.000Z" };
    const changed = await patch(`/v1/keys/${key.id}`, { limits });
    expectDeclared("updateKey", changed);
    expect(changed.body.limits).toEqual({ ...limits, unlimited: false });
    const again = await patch(`/v1/keys/${key.id}`, { limits: changed.body.limits }, changed.headers["etag"]);
    expect(again.body).toEqual(changed.body);
    expect((await patch(`/v1/keys/${key.id}`, { limits: null })).body.limits).toBeNull();
    const events = (await get("/v1/audit-events?limit=10")).body.items;
    expect(events).toContainEqual(
      expect.objectContaining({
        action: "key.changed",
        details: { limits: "none", limitsBefore: "perKey=5/60s burst 2 until 2099-01-31T12:00:00.000Z" },
      }),
    );
  });

  it("of a client are changed together with its plan", async () => {
    const created = await post("/v1/clients", { name: aHolder(), plan: "free" });
    expectDeclared("createClient", created);
    expect(created.body).toMatchObject({ plan: "free", limits: null });
    const path = `/v1/clients/${created.body.id}`;
    const limits = { set: { perClient: { requests: 7 } } };
    expect((await patch(path, { limits })).body.errors[0].detail).toMatch(
      /of the plan free, which has perKey, monthly/,
    );
    const changed = await patch(path, { plan: null, limits });
    expectDeclared("updateClient", changed);
    expect(changed.body).toMatchObject({ plan: null, limits: { ...limits, unlimited: false, until: null } });
    await patch(path, { plan: "free", limits: { unlimited: true } }).expect(200);
  });

  it.each([
    [{ plan: "gold" }, "#/plan", /must be one of free, standard, unlimited/],
    [{ limits: { unlimited: true, until: "2099-02-30T00:00:00Z" } }, "#/limits/until", /must/],
    [
      { limits: { unlimited: true, until: "9999-12-31T23:59:59-23:59" } },
      "#/limits/until",
      /must be a date-time of RFC 3339/,
    ],
    [{ limits: { unlimited: true, until: "2020-01-01T00:00:00Z" } }, "#/limits", /must end at a time in the future/],
    [{ limits: { unlimited: true, set: { perClient: { requests: 1 } } } }, "#/limits", /either unlimited or/],
    [{ limits: { until: null } }, "#/limits", /must not be empty/],
    [{ limits: {} }, "#/limits", /must NOT have fewer than 1 properties/],
    [{ limits: { set: { perClient: { requests: 0 } } } }, "#/limits/set/perClient/requests", /must be >= 1/],
    [
      { limits: { set: { perClient: { requests: 1, seconds: 5 } } } },
      "#/limits/set/perClient/seconds",
      /must NOT have/,
    ],
  ])("that are invalid are refused: %j", async (body, pointer, detail) => {
    const answer = await patch(
      `/v1/clients/${encodeURIComponent((await post("/v1/clients", { name: aHolder() })).body.id)}`,
      body,
    );
    expectDeclared("updateClient", answer);
    expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer, detail: expect.stringMatching(detail) }] });
  });

  it("of a key can have an end", async () => {
    const { key } = await service.issue({ client: aHolder() });
    await patch(`/v1/clients/${key.client.id}`, { plan: null }).expect(200);
    const limits = { unlimited: true, until: "9999-12-31T23:59:59-23:59" };
    const answer = await patch(`/v1/keys/${key.id}`, { limits });
    expect(answer.body.errors).toEqual([{ pointer: "#/limits/until", detail: expect.stringMatching(/date-time/) }]);
    const shared = await patch(`/v1/keys/${key.id}`, { limits: { set: { perClient: { requests: 1 } } } });
    expect(shared.body.errors).toEqual([
      { pointer: "#/limits", detail: expect.stringMatching(/set it for the client/) },
    ]);
  });
});
