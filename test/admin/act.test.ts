import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Asking, act } from "../../src/admin/act.ts";
import type { DeedDeps } from "../../src/admin/deeds.ts";
import { revokeKey } from "../../src/admin/revoke-key.ts";
import type { ApiKey } from "../../src/keys/key.ts";
import { listEvents } from "../../src/store/audit.ts";
import { insertClient } from "../../src/store/clients.ts";
import { insertKey } from "../../src/store/keys.ts";
import { aClient, aKey, type HeldClock, NOON, someDeeds } from "../support/builders.ts";

let deeds: DeedDeps & { readonly clock: HeldClock };
let count = 0;

const REQUEST_ID = "req_aaaaaaaaaaaaaaaaaaaa";

beforeAll(async () => {
  deeds = await someDeeds();
  await insertClient(deeds.db, aClient());
});
afterAll(() => deeds.db.destroy());

async function aStoredKey(differences: Partial<ApiKey> = {}): Promise<ApiKey> {
  count++;
  const key = aKey({ id: `key_${count}`, digest: `sha256:${count}`, ...differences });
  await insertKey(deeds.db, key);
  return key;
}

const asking = (key: ApiKey): Asking => ({ key, requestId: REQUEST_ID, address: "203.0.113.7" });

const deed = async () => ({ kind: "done" }) as const;

describe("a deed in the name of a key", () => {
  it("is done while the key is what it was", async () => {
    expect(await act(asking(await aStoredKey()), deeds, deed)).toEqual({ kind: "done" });
  });

  it("is not done once the key is revoked", async () => {
    const key = await aStoredKey();
    await revokeKey(key.id, { reason: null }, deeds);
    expect(await act(asking(key), deeds, deed)).toEqual({ kind: "actor-refused", state: "revoked" });
  });

  it("is not done from the millisecond on at which the key expires", async () => {
    const key = await aStoredKey({ expiresAt: NOON + 1 });
    expect(await act(asking(key), deeds, deed)).toEqual({ kind: "done" });
    deeds.clock.moveTo(NOON + 1);
    expect(await act(asking(key), deeds, deed)).toEqual({ kind: "actor-refused", state: "expired" });
    deeds.clock.moveTo(NOON);
  });

  it("is not done when the key has lost a scope since, or was never there", async () => {
    const key = await aStoredKey();
    expect(await act(asking({ ...key, scopes: ["keys:write"] }), deeds, deed)).toMatchObject({ kind: "actor-refused" });
    expect(await act(asking(aKey({ id: "key_of_nobody" })), deeds, deed)).toMatchObject({ kind: "actor-refused" });
  });

  it("leaves nothing behind when it fails", async () => {
    const key = await aStoredKey();
    const failing = act(asking(key), deeds, async (inside) => {
      await insertClient(inside.db, aClient({ id: "client_half", name: "half" }));
      throw new Error("half");
    });
    await expect(failing).rejects.toThrow("half");
    expect(await deeds.db.selectFrom("clients").select("name").where("name", "=", "half").execute()).toEqual([]);
  });

  it("is done in its name, as the audit log shows", async () => {
    const key = await aStoredKey();
    const { address, requestId } = asking(key);
    await act(asking(key), deeds, (inside) => revokeKey(key.id, { reason: null }, inside));
    const { items } = await listEvents(deeds.db, { limit: 1 });
    const actor = { kind: "key", keyId: key.id, clientId: key.client.id };
    expect(items).toMatchObject([{ action: "key.revoked", actor, address, requestId, details: {} }]);
  });
});
