import type { ApiKey } from "../../keys/key.ts";
import { transact } from "../../store/database/transact.ts";
import { findKey, rangeOfSuccessors } from "../../store/keys.ts";
import { type ActionDeps, within } from "../actions.ts";
import { markAndRecord, revokeInBulk } from "./revoke-in-bulk.ts";

export type RevokeOutcome = { readonly kind: "revoked"; readonly key: ApiKey } | { readonly kind: "key-unknown" };

export type Revocation = {
  readonly reason: string | null;
  /** Does not revoke the successors of this key. By default they are revoked: a thief may have rotated the key. */
  readonly keepSuccessors?: boolean;
};

/** Revokes a key and its successors permanently. Once this resolves, no request with them is admitted. */
export async function revokeKey(
  id: string,
  { reason, keepSuccessors = false }: Revocation,
  deps: ActionDeps,
): Promise<RevokeOutcome> {
  return transact(deps.db, async (tx) => {
    const key = await findKey(tx, id);
    if (key === undefined) return { kind: "key-unknown" };
    if (keepSuccessors || key.successorId === null) {
      return { kind: "revoked", key: await revokeOne(key, reason, within(deps, tx)) };
    }
    await revokeInBulk(await rangeOfSuccessors(tx, key), reason, within(deps, tx));
    return { kind: "revoked", key: (await findKey(tx, id)) ?? key };
  });
}

/** A revoked key keeps its time and reason, and nothing is recorded. */
async function revokeOne(key: ApiKey, reason: string | null, inside: ActionDeps): Promise<ApiKey> {
  if (key.revokedAt !== null) return key;
  const revokedAt = inside.clock.now();
  await markAndRecord(key.id, { at: revokedAt, reason }, inside);
  return { ...key, revokedAt, revocationReason: reason };
}
