import { describe, expect, it } from "@jest/globals";
import { anAdmin } from "../../support/admin.ts";
import { expectDeclared } from "../../support/model/declared.ts";
import { aService } from "../../support/service.ts";

const service = aService();
const { get, post } = anAdmin(service);

const NEW_KEY = { clientId: "admin", name: "import", scopes: ["data:read"] };

describe("a client", () => {
  it("is created, then found by id and by name", async () => {
    const created = await post("/v1/clients", { name: "Ölfabrik No. 5", metadata: { team: "blue" } });
    expectDeclared("createClient", created);
    expect(created.status).toBe(201);
    expect(created.headers["location"]).toBe(`/v1/clients/${created.body.id}`);

    const byId = await get(`/v1/clients/${created.body.id}`);
    const byName = await get(`/v1/clients/${encodeURIComponent("Ölfabrik No. 5")}`);
    expectDeclared("getClient", byId);
    expect(byId.body).toEqual(created.body);
    expect(byName.body).toEqual(created.body);
  });

  it("has a name of its own", async () => {
    await post("/v1/clients", { name: "twin" }).expect(201);
    const again = await post("/v1/clients", { name: "twin" });
    expectDeclared("createClient", again);
    expect(again.body).toMatchObject({ status: 409, code: "client-name-taken" });
  });

  it("is not named like an id", async () => {
    const answer = await post("/v1/clients", { name: "client_7Qm2ZkX0b1TnVd4sWcYe" });
    expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer: "#/name" }] });
  });

  it("that was never created is not found", async () => {
    const answer = await get("/v1/clients/nobody");
    expectDeclared("getClient", answer);
    expect(answer.body).toMatchObject({ status: 404, code: "not-found" });
  });
});

describe("a key", () => {
  it("is issued with its secret, which no other response contains", async () => {
    const expiresAt = "2099-01-31T12:00:00.000Z";
    const issued = await post("/v1/keys", {
      ...NEW_KEY,
      expiresAt,
      environment: "test",
      metadata: { ticket: "OPS-17" },
    });
    expectDeclared("createKey", issued);
    expect(issued.status).toBe(201);
    expect(issued.body.secret).toMatch(/^lk_test_/);
    expect(issued.body.key).toMatchObject({
      environment: "test",
      state: "active",
      expiresAt,
      metadata: { ticket: "OPS-17" },
    });
    expect(issued.headers["location"]).toBe(`/v1/keys/${issued.body.key.id}`);
    await get("/data", issued.body.secret).expect(200);

    const [shown, listed] = [await get(`/v1/keys/${issued.body.key.id}`), await get("/v1/keys")];
    expectDeclared("getKey", shown);
    expectDeclared("listKeys", listed);
    expect(shown.body).toEqual(issued.body.key);
    for (const { text } of [shown, listed]) expect(text).not.toMatch(/sha256|lk_test_/);
  });

  it("can see itself", async () => {
    const { key, secret } = await service.issue({ scopes: ["info:read"] });
    const answer = await get("/v1/key", secret);
    expectDeclared("getOwnKey", answer);
    expect(answer.body).toMatchObject({ id: key.id, client: { name: "acme" }, scopes: ["info:read"], expiresAt: null });
  });

  it.each([
    ["of a client that does not exist", { clientId: "nobody" }, "#/clientId"],
    ["with a scope that no contract knows", { scopes: ["data:read", "data:write"] }, "#/scopes/1"],
    ["that would have expired", { expiresAt: "2020-01-01T00:00:00Z" }, "#/expiresAt"],
    ["that ends on a day that does not exist", { expiresAt: "2099-02-30T00:00:00Z" }, "#/expiresAt"],
    ["that ends in a leap second", { expiresAt: "2098-12-31T23:59:60Z" }, "#/expiresAt"],
    ["without scopes", { scopes: [] }, "#/scopes"],
    ["with a scope twice", { scopes: ["data:read", "data:read"] }, "#/scopes"],
    ["with a state of the caller's choice", { state: "active" }, "#/state"],
  ])("%s is not issued", async (_, differences, pointer) => {
    const answer = await post("/v1/keys", { ...NEW_KEY, ...differences });
    expectDeclared("createKey", answer);
    expect(answer.body).toMatchObject({ status: 400, code: "request-invalid" });
    expect(answer.body.errors[0].pointer).toBe(pointer);
  });

  it("grants administrative scopes only if it holds them, and data scopes if it may issue keys", async () => {
    const { secret: issuer } = await service.issue({ scopes: ["keys:write", "keys:read"] });
    await post("/v1/keys", { ...NEW_KEY, scopes: ["secret:read", "keys:write"] }, issuer).expect(201);
    const refused = await post("/v1/keys", { ...NEW_KEY, scopes: ["data:read", "clients:write"] }, issuer);
    expectDeclared("createKey", refused);
    expect(refused.body).toMatchObject({ status: 403, code: "scope-not-grantable" });
    expect(refused.body.detail).toContain("clients:write");
  });

  it("keeps the time and the reason of its first revocation", async () => {
    const { key } = await service.issue();
    const first = await post(`/v1/keys/${key.id}/revoke`, { reason: "leaked in a build log" }).expect(200);
    const second = await post(`/v1/keys/${key.id}/revoke`, { reason: "again" }).expect(200);
    expectDeclared("revokeKey", second);
    expect(first.body).toMatchObject({ state: "revoked", revocationReason: "leaked in a build log" });
    expect(second.body).toEqual(first.body);
    expect((await get(`/v1/keys/${key.id}`)).body).toEqual(first.body);
  });

  it("that was never issued is not found", async () => {
    const nobody = "/v1/keys/key_zzzzzzzzzzzzzzzzzzzz";
    for (const answer of [await get(nobody), await post(`${nobody}/revoke`, {})]) {
      expect(answer.body).toMatchObject({ status: 404, code: "not-found" });
    }
  });
});

describe.each(["keys", "clients"])("the list of %s", (noun) => {
  it("continues where the page before ended, even if items are added", async () => {
    const seen: string[] = [];
    const all = (await get(`/v1/${noun}?limit=100`)).body.items.map(({ id }: { id: string }) => id);
    expect(all.length).toBeGreaterThan(2);
    let cursor = "";
    do {
      const page = await get(`/v1/${noun}?limit=2${cursor}`).expect(200);
      seen.push(...page.body.items.map(({ id }: { id: string }) => id));
      cursor = page.body.nextCursor ? `&cursor=${page.body.nextCursor}` : "";
      await service.issue({ client: `latecomer ${seen.length}` });
    } while (cursor !== "");
    expect(seen).toEqual(all);
  });
});

describe("the filtered list of keys", () => {
  it("has the matching keys, as declared", async () => {
    const { key } = await service.issue({ client: "the finder", name: "a needle", environment: "test" });
    for (const query of [
      "text=NEEDLE",
      "text=a%20needle",
      `clientId=${key.client.id}`,
      "clientId=the%20finder&state=active&environment=test&scope=data:read&text=needle",
      `lastFour=${key.lastFour}&environment=test`,
    ]) {
      const answer = await get(`/v1/keys?${query}`);
      expectDeclared("listKeys", answer);
      expect(answer.body.items.map(({ id }: { id: string }) => id)).toEqual([key.id]);
    }
    const clients = await get("/v1/clients?text=finder&state=active");
    expectDeclared("listClients", clients);
    expect(clients.body.items).toMatchObject([{ name: "the finder" }]);
    expect((await get("/v1/clients?state=disabled")).body.items).toEqual([]);
    expect((await get("/v1/clients?text=finder&state=disabled")).body.items).toEqual([]);
  });

  it.each([
    ["clientId=nobody", "#/query/clientId"],
    ["state=dead", "#/query/state"],
    ["text=ab", "#/query/text"],
    ["lastFour=abc", "#/query/lastFour"],
    ["scope=data:reed", "#/query/scope"],
    ["environment=prod", "#/query/environment"],
    ["scope=everything", "#/query/scope"],
  ])("is 400 for %s, and told where", async (query, pointer) => {
    const answer = await get(`/v1/keys?${query}`);
    expectDeclared("listKeys", answer);
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, pointer]);
  });

  it("does not accept the cursor of another list", async () => {
    const { nextCursor } = (await get("/v1/clients?limit=1")).body;
    expect((await get(`/v1/clients?cursor=${nextCursor}`)).status).toBe(200);
    for (const path of ["/v1/keys", "/v1/audit-events"]) {
      const answer = await get(`${path}?cursor=${nextCursor}`);
      expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, "#/query/cursor"]);
    }
  });
});
