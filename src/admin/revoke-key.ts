import type { ApiKey } from "../keys/key.ts";
import { findKey, markRevoked } from "../store/keys.ts";
import { transact } from "../store/transact.ts";
import { type DeedDeps, within } from "./deeds.ts";
import { record } from "./record.ts";

export type RevokeOutcome = { readonly kind: "revoked"; readonly key: ApiKey } | { readonly kind: "key-unknown" };

/** Revokes a key for good. Once this has answered, no request with the key is admitted. */
export async function revokeKey(id: string, reason: string | null, deps: DeedDeps): Promise<RevokeOutcome> {
  return transact(deps.db, async (tx) => {
    const key = await findKey(tx, id);
    if (key === undefined) return { kind: "key-unknown" };
    if (key.revokedAt !== null) return { kind: "revoked", key };

    const revokedAt = deps.clock.now();
    await markRevoked(tx, id, revokedAt, reason);
    await record(within(deps, tx), {
      action: "key.revoked",
      target: { kind: "key", id },
      at: revokedAt,
      details: reason === null ? {} : { reason },
    });
    return { kind: "revoked", key: { ...key, revokedAt, revocationReason: reason } };
  });
}
