import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { ActionDeps } from "../../src/admin/actions.ts";
import { revokeKey } from "../../src/admin/keys/revoke-key.ts";
import { type ActionRequest, performAction } from "../../src/admin/perform-action.ts";
import type { ApiKey } from "../../src/keys/key.ts";
import { listEvents } from "../../src/store/audit/list-events.ts";
import { insertClient, markClientDisabled } from "../../src/store/clients.ts";
import { insertKey, markKeyDisabled, replaceTerms } from "../../src/store/keys.ts";
import { aClient, aKey, type HeldClock, NOON, someActions } from "../support/builders.ts";

let actions: ActionDeps & { readonly clock: HeldClock };
let count = 0;

const REQUEST_ID = "req_aaaaaaaaaaaaaaaaaaaa";

beforeAll(async () => {
  actions = await someActions();
  await insertClient(actions.db, aClient());
});
afterAll(() => actions.db.destroy());

async function aStoredKey(differences: Partial<ApiKey> = {}): Promise<ApiKey> {
  count++;
  const key = aKey({ id: `key_${count}`, digest: `sha256:${count}`, ...differences });
  await insertKey(actions.db, key);
  return key;
}

const request = (key: ApiKey): ActionRequest => ({ key, requestId: REQUEST_ID, address: "203.0.113.7" });

const action = async () => ({ kind: "done" }) as const;

describe("an action of a key", () => {
  it("is done while the key is what it was", async () => {
    expect(await performAction(request(await aStoredKey()), actions, action)).toEqual({ kind: "done" });
  });

  const losses: readonly (readonly [string, Partial<ApiKey>, object])[] = [
    ["is revoked", { revokedAt: NOON }, { kind: "key-revoked" }],
    ["is disabled", { disabledAt: NOON }, { kind: "key-disabled" }],
    ["has an earlier end", { expiresAt: NOON }, { kind: "key-expired" }],
    ["has fewer scopes", { scopes: [] }, { kind: "scope-missing", scopes: ["data:read"] }],
    ["may not be used from there any more", { allowedIps: ["198.51.100.0/24"] }, { kind: "address-refused" }],
  ];
  it.each(losses)("is not done once the key %s", async (_, change, why) => {
    const key = await aStoredKey();
    const changed = { ...key, ...change };
    await replaceTerms(actions.db, changed);
    await markKeyDisabled(actions.db, key.id, changed.disabledAt);
    if (changed.revokedAt !== null) await revokeKey(key.id, { reason: null }, actions);
    expect(await performAction(request(key), actions, action)).toMatchObject({
      kind: "right-lost",
      why,
      key: { id: key.id },
    });
  });

  it("is not done once its client is disabled", async () => {
    const client = aClient({ id: "client_disabled", name: "disabled" });
    await insertClient(actions.db, client);
    const key = await aStoredKey({ client });
    await markClientDisabled(actions.db, client.id, NOON);
    expect(await performAction(request(key), actions, action)).toMatchObject({ why: { kind: "client-disabled" } });
  });

  it("is not done from the millisecond on at which the key expires", async () => {
    const key = await aStoredKey({ expiresAt: NOON + 1 });
    expect(await performAction(request(key), actions, action)).toEqual({ kind: "done" });
    actions.clock.moveTo(NOON + 1);
    expect(await performAction(request(key), actions, action)).toMatchObject({ why: { kind: "key-expired" } });
    actions.clock.moveTo(NOON);
  });

  it("is not done when the key was never there", async () => {
    const unknown = request(aKey({ id: "key_unknown" }));
    expect(await performAction(unknown, actions, action)).toMatchObject({ why: { kind: "key-revoked" } });
  });

  it("is done with the rights that the key has then", async () => {
    const key = await aStoredKey({ selfRotation: true });
    await replaceTerms(actions.db, { ...key, selfRotation: false, expiresAt: NOON + 1 });
    const current = await performAction(request(key), actions, async (_inside, actor) => actor);
    expect(current).toMatchObject({ selfRotation: false, expiresAt: NOON + 1 });
  });

  it("leaves nothing behind when it fails", async () => {
    const key = await aStoredKey();
    const failing = performAction(request(key), actions, async (inside) => {
      await insertClient(inside.db, aClient({ id: "client_half", name: "half" }));
      throw new Error("half");
    });
    await expect(failing).rejects.toThrow("half");
    expect(await actions.db.selectFrom("clients").select("name").where("name", "=", "half").execute()).toEqual([]);
  });

  it("is done in its name, as the audit log shows", async () => {
    const key = await aStoredKey();
    const { address, requestId } = request(key);
    await performAction(request(key), actions, (inside) => revokeKey(key.id, { reason: null }, inside));
    const { items } = await listEvents(actions.db, { limit: 1 });
    const actor = { kind: "key", keyId: key.id, clientId: key.client.id };
    expect(items).toMatchObject([{ action: "key.revoked", actor, address, requestId, details: {} }]);
  });
});
