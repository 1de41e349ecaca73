import { describe, expect, it } from "@jest/globals";
import request from "supertest";
import { anAdmin } from "../../support/admin.ts";
import { UNKNOWN_SECRET } from "../../support/builders.ts";
import { expectDeclared } from "../../support/model/declared.ts";
import { aService } from "../../support/service.ts";

const service = aService({ LATCHKEY_TRUST_PROXY: "1" });
const { get, post } = anAdmin(service);
const codeAt = async (path: string, secret: string) => (await get(path, secret)).body.code;

describe("a key that is rotated", () => {
  it("works beside its successor, says until when, and ends then", async () => {
    const { key, secret } = await service.issue({
      allowedIps: ["127.0.0.0/8"],
      selfRotation: true,
      metadata: { a: "b" },
    });
    const rotated = await post(`/v1/keys/${key.id}/rotate`, { overlapSeconds: 7200 });
    expectDeclared("rotateKey", rotated);
    expect(rotated.status).toBe(201);
    expect(rotated.headers["location"]).toBe(`/v1/keys/${rotated.body.key.id}`);

    const old = (await get(`/v1/keys/${key.id}`)).body;
    expect(old).toMatchObject({ state: "superseded", successorId: rotated.body.key.id });
    const { id: _id, lastFour: _last, createdAt: _at, ...inherited } = rotated.body.key;
    expect(inherited).toEqual({
      ...inherited,
      client: old.client,
      scopes: old.scopes,
      environment: old.environment,
      expiresAt: old.expiresAt,
      allowedIps: ["127.0.0.0/8"],
      selfRotation: true,
      metadata: { a: "b" },
      state: "active",
    });

    const answer = await get("/data", secret);
    expect(answer.status).toBe(200);
    expect(answer.headers["latchkey-key-ends-at"]).toBe(old.overlapEndsAt);
    expect((await get("/data", rotated.body.secret)).headers).not.toHaveProperty("latchkey-key-ends-at");
    expect((await get("/v1/key", secret)).body).toMatchObject({
      state: "superseded",
      overlapEndsAt: old.overlapEndsAt,
    });

    await service.running.actions.db.updateTable("keys").set({ overlap_ends_at: 1 }).where("id", "=", key.id).execute();
    expect(await codeAt("/data", secret)).toBe("key-expired");
    expect((await get("/data", rotated.body.secret)).status).toBe(200);
  });

  it("ends at once without an overlap, and after a day by default", async () => {
    const [first, second] = [await service.issue(), await service.issue()];
    await post(`/v1/keys/${first.key.id}/rotate`, { overlapSeconds: 0 }).expect(201);
    expect(await codeAt("/data", first.secret)).toBe("key-expired");
    await post(`/v1/keys/${second.key.id}/rotate`).expect(201);
    const { overlapEndsAt } = (await get(`/v1/keys/${second.key.id}`)).body;
    const day = Date.parse(overlapEndsAt) - service.running.actions.clock.now();
    expect(Math.round(day / 3_600_000)).toBe(24);
  });

  it("never works longer than without rotation", async () => {
    const expiresAt = service.running.actions.clock.now() + 60_000;
    const { key, secret } = await service.issue({ expiresAt });
    await post(`/v1/keys/${key.id}/rotate`, { overlapSeconds: 7200 }).expect(201);
    expect((await get("/data", secret)).headers["latchkey-key-ends-at"]).toBe(new Date(expiresAt).toISOString());
  });

  it("cannot be rotated again, nor can a revoked, disabled or expired key", async () => {
    const { key } = await service.issue();
    await post(`/v1/keys/${key.id}/rotate`).expect(201);
    const again = await post(`/v1/keys/${key.id}/rotate`);
    expectDeclared("rotateKey", again);
    expect(again.body).toMatchObject({ status: 409, code: "key-not-rotatable" });

    const [paused, revoked] = [await service.issue(), await service.issue()];
    await post(`/v1/keys/${paused.key.id}/disable`).expect(200);
    await post(`/v1/keys/${revoked.key.id}/revoke`).expect(200);
    for (const { key: other } of [paused, revoked]) await post(`/v1/keys/${other.id}/rotate`).expect(409);
    await post("/v1/keys/key_zzzzzzzzzzzzzzzzzzzz/rotate").expect(404);
  });

  it.each([-1, 2_592_001, 1.5, "1"])("cannot have an overlap of %j seconds", async (overlapSeconds) => {
    const { key } = await service.issue();
    const answer = await post(`/v1/keys/${key.id}/rotate`, { overlapSeconds });
    expect(answer.body.errors[0].pointer).toBe("#/overlapSeconds");
    expect((await get(`/v1/keys/${key.id}`)).body.state).toBe("active");
  });

  it("has one successor, also for concurrent rotations", async () => {
    const { key } = await service.issue();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(`/v1/keys/${key.id}/rotate`)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(7).fill(409)]);
  });

  it("may rotate itself only if it was issued with selfRotation", async () => {
    const [may, mayNot] = [await service.issue({ selfRotation: true }), await service.issue()];
    const rotated = await post("/v1/key/rotate", { overlapSeconds: 60 }, may.secret);
    expectDeclared("rotateOwnKey", rotated);
    expect((await get("/data", rotated.body.secret)).status).toBe(200);
    expect(await (await post("/v1/key/rotate", {}, may.secret)).body.code).toBe("key-not-rotatable");
    const refused = await post("/v1/key/rotate", {}, mayNot.secret);
    expectDeclared("rotateOwnKey", refused);
    expect(refused.body.code).toBe("self-rotation-refused");
  });
});

describe("a key that is revoked after its rotation", () => {
  it("revokes all its successors, unless told otherwise", async () => {
    const chain = async () => {
      const first = await service.issue();
      const second = (await post(`/v1/keys/${first.key.id}/rotate`)).body;
      const third = (await post(`/v1/keys/${second.key.id}/rotate`)).body;
      return [first.key.id, second.key.id, third.key.id] as const;
    };
    const statesOf = (ids: readonly string[]) =>
      Promise.all(ids.map(async (id) => (await get(`/v1/keys/${id}`)).body.state));

    const stolen = await chain();
    await post(`/v1/keys/${stolen[0]}/revoke`, { reason: "stolen" }).expect(200);
    expect(await statesOf(stolen)).toEqual(["revoked", "revoked", "revoked"]);
    expect((await get(`/v1/keys/${stolen[2]}`)).body.revocationReason).toBe("stolen");

    const replaced = await chain();
    await post(`/v1/keys/${replaced[1]}/revoke`, { keepSuccessors: true }).expect(200);
    expect(await statesOf(replaced)).toEqual(["superseded", "revoked", "active"]);
    await post(`/v1/keys/${replaced[1]}/revoke`).expect(200);
    expect(await statesOf(replaced)).toEqual(["superseded", "revoked", "revoked"]);
  });
});

describe("disabling", () => {
  it("a key applies from the next request until it is enabled", async () => {
    const { key, secret } = await service.issue();
    const paused = await post(`/v1/keys/${key.id}/disable`);
    expectDeclared("disableKey", paused);
    expect(paused.body.state).toBe("disabled");
    expect(await codeAt("/data", secret)).toBe("key-disabled");
    expect((await post(`/v1/keys/${key.id}/disable`)).body.disabledAt).toBe(paused.body.disabledAt);

    const lifted = await post(`/v1/keys/${key.id}/enable`);
    expectDeclared("enableKey", lifted);
    expect((await get("/data", secret)).status).toBe(200);
  });

  it("and enabling does not bring back a revoked key", async () => {
    const { key, secret } = await service.issue();
    await post(`/v1/keys/${key.id}/disable`).expect(200);
    await post(`/v1/keys/${key.id}/revoke`).expect(200);
    await post(`/v1/keys/${key.id}/enable`).expect(200);
    expect(await codeAt("/data", secret)).toBe("key-revoked");
  });

  it("a client applies to all its keys at once", async () => {
    const keys = [await service.issue({ client: "paused" }), await service.issue({ client: "paused" })];
    const paused = await post("/v1/clients/paused/disable");
    expectDeclared("disableClient", paused);
    for (const { secret } of keys) expect(await codeAt("/data", secret)).toBe("client-disabled");
    const lifted = await post("/v1/clients/paused/enable");
    expectDeclared("enableClient", lifted);
    for (const { secret } of keys) expect((await get("/data", secret)).status).toBe(200);
    await post("/v1/clients/nobody/disable").expect(404);
    await post("/v1/clients/nobody/enable").expect(404);
  });

  it("an administrator is not undone, and no administrator is rotated, by a key with fewer scopes", async () => {
    const { key } = await service.issue({ client: "chief", scopes: ["clients:write", "keys:read"] });
    const { secret: lesser } = await service.issue({ client: "lesser", scopes: ["keys:write", "clients:write"] });
    const refused = await post(`/v1/keys/${key.id}/rotate`, {}, lesser);
    expectDeclared("rotateKey", refused);
    expect(refused.body).toMatchObject({ status: 403, code: "scope-not-grantable" });
    expect(refused.body.detail).toContain("keys:read");

    await post(`/v1/keys/${key.id}/disable`, {}, lesser).expect(200);
    expect((await post(`/v1/keys/${key.id}/enable`, {}, lesser)).body.code).toBe("scope-not-grantable");
    await post("/v1/clients/chief/disable", {}, lesser).expect(200);
    expect((await post("/v1/clients/chief/enable", {}, lesser)).body.code).toBe("scope-not-grantable");
    await post(`/v1/keys/${key.id}/enable`).expect(200);
    await post("/v1/clients/chief/enable").expect(200);
  });
});

describe("a key with networks", () => {
  const from = (address: string, secret: string) =>
    request(service.url)
      .get("/data")
      .set({ "x-api-key": secret, "X-Forwarded-For": address, "X-Forwarded-Proto": "https" });

  it("is admitted from these networks only", async () => {
    const { secret } = await service.issue({ allowedIps: ["203.0.113.0/24", "2001:db8::/32"] });
    for (const address of ["203.0.113.1", "::ffff:203.0.113.255", "2001:db8::1"]) {
      expect((await from(address, secret)).status).toBe(200);
    }
    for (const address of ["203.0.114.1", "2001:db9::1", "nonsense"]) {
      const answer = await from(address, secret);
      expectDeclared("getData", answer);
      expect(answer.body).toMatchObject({ status: 403, code: "address-refused" });
    }
  });

  it("is not issued with an invalid network", async () => {
    for (const network of ["10.0.0.0/40", "10.1.2.3/8", "::ffff:1.2.3.4/200"]) {
      const body = { clientId: "admin", name: "a", scopes: ["data:read"], allowedIps: ["10.0.0.0/8", network] };
      const answer = await post("/v1/keys", body);
      expect(answer.body.errors).toEqual([{ pointer: "#/allowedIps/1", detail: expect.stringContaining("CIDR") }]);
    }
  });
});

describe("the verification of a key", () => {
  const verdictOn = async (body: object) => (await post("/v1/keys/verify", body)).body;

  it("shows the result of a request with the key", async () => {
    const { key, secret } = await service.issue({ allowedIps: ["203.0.113.0/24"] });
    const answer = await post("/v1/keys/verify", { secret, scopes: ["data:read"], address: "203.0.113.9" });
    expectDeclared("verifyKey", answer);
    expect(answer.body).toMatchObject({ valid: true, code: "valid", key: { id: key.id, scopes: ["data:read"] } });
    expect(answer.text).not.toContain(secret);

    expect(await verdictOn({ secret, address: "198.51.100.1" })).toMatchObject({
      valid: false,
      code: "address-refused",
    });
    expect(await verdictOn({ secret, scopes: ["secret:read"] })).toMatchObject({ valid: false, code: "scope-missing" });
    await post(`/v1/keys/${key.id}/disable`).expect(200);
    expect(await verdictOn({ secret })).toMatchObject({ valid: false, code: "key-disabled" });
    await post(`/v1/keys/${key.id}/revoke`).expect(200);
    expect(await verdictOn({ secret })).toMatchObject({ valid: false, code: "key-revoked", key: { id: key.id } });
  });

  it("shows no details for a key that was never issued", async () => {
    for (const secret of [UNKNOWN_SECRET, "junk"]) {
      expect(await verdictOn({ secret })).toEqual({ valid: false, code: "key-invalid" });
    }
  });
});
