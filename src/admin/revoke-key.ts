import type { ApiKey } from "../keys/key.ts";
import { findKey, markRevoked } from "../store/keys.ts";
import { transact } from "../store/transact.ts";
import { type DeedDeps, within } from "./deeds.ts";
import { record } from "./record.ts";

export type RevokeOutcome = { readonly kind: "revoked"; readonly key: ApiKey } | { readonly kind: "key-unknown" };

export type Revocation = {
  readonly reason: string | null;
  /** Leaves the keys be that were issued in place of this one; otherwise a thief who rotated it would outlive it. */
  readonly keepSuccessors?: boolean;
};

/** Revokes a key and its successors for good. Once this has answered, no request with them is admitted. */
export async function revokeKey(
  id: string,
  { reason, keepSuccessors = false }: Revocation,
  deps: DeedDeps,
): Promise<RevokeOutcome> {
  return transact(deps.db, async (tx) => {
    const key = await findKey(tx, id);
    if (key === undefined) return { kind: "key-unknown" };
    const revoked = await revokeOne(key, reason, within(deps, tx));

    let successorId = keepSuccessors ? null : key.successorId;
    while (successorId !== null) {
      const successor = await findKey(tx, successorId);
      if (successor !== undefined) await revokeOne(successor, reason, within(deps, tx));
      successorId = successor?.successorId ?? null;
    }
    return { kind: "revoked", key: revoked };
  });
}

/** One that is revoked already keeps its time and reason, and nothing is recorded. */
export async function revokeOne(key: ApiKey, reason: string | null, inside: DeedDeps): Promise<ApiKey> {
  if (key.revokedAt !== null) return key;
  const revokedAt = inside.clock.now();
  await markRevoked(inside.db, key.id, revokedAt, reason);
  await record(inside, {
    action: "key.revoked",
    target: { kind: "key", id: key.id },
    at: revokedAt,
    details: reason === null ? {} : { reason },
  });
  return { ...key, revokedAt, revocationReason: reason };
}
