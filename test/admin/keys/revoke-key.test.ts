import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type ActionDeps, OPERATOR_AUTHORITY } from "../../../src/admin/actions.ts";
import { registerClient } from "../../../src/admin/clients/register-client.ts";
import { issueKey } from "../../../src/admin/keys/issue-key.ts";
import { revokeKey } from "../../../src/admin/keys/revoke-key.ts";
import type { ApiKey } from "../../../src/keys/key.ts";
import { findKey } from "../../../src/store/keys.ts";
import { type HeldClock, NOON, SECOND_MS, someActions } from "../../support/builders.ts";
import { aNewKey } from "../../support/new-key.ts";

let actions: ActionDeps & { readonly clock: HeldClock };

beforeAll(async () => {
  actions = await someActions();
  await registerClient({ name: "acme" }, actions);
});
afterAll(() => actions.db.destroy());

async function anIssuedKey(): Promise<ApiKey> {
  const outcome = await issueKey(aNewKey(), OPERATOR_AUTHORITY, actions);
  if (outcome.kind !== "issued") throw new Error(`No key was issued: ${outcome.kind}.`);
  return outcome.key;
}

describe("a key that is revoked", () => {
  it("says since when and why, and is otherwise as it was", async () => {
    const key = await anIssuedKey();
    const revoked = { ...key, revokedAt: NOON, revocationReason: "leaked" };
    expect(await revokeKey(key.id, { reason: "leaked" }, actions)).toEqual({ kind: "revoked", key: revoked });
    expect(await findKey(actions.db, key.id)).toEqual(revoked);
  });

  it.each([
    ["a reason", "leaked"],
    ["no reason", null],
  ])("for the second time keeps its first time and %s", async (_, reason) => {
    const key = await anIssuedKey();
    const first = await revokeKey(key.id, { reason: reason }, actions);
    actions.clock.moveTo(NOON + SECOND_MS);
    const second = await revokeKey(key.id, { reason: "again" }, actions);
    actions.clock.moveTo(NOON);
    expect(second).toEqual(first);
    expect(second).toMatchObject({ key: { revokedAt: NOON, revocationReason: reason } });
  });

  it("takes no other key along", async () => {
    const [key, neighbour] = [await anIssuedKey(), await anIssuedKey()];
    await revokeKey(key.id, { reason: null }, actions);
    expect(await findKey(actions.db, neighbour.id)).toEqual(neighbour);
  });
});

describe("a key that was never issued", () => {
  it.each(["key_zzzzzzzzzzzzzzzzzzzz", "%", ""])("such as %p is not revoked, but unknown", async (id) => {
    expect(await revokeKey(id, { reason: "leaked" }, actions)).toEqual({ kind: "key-unknown" });
  });
});
