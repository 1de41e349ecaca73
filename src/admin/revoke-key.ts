import type { ApiKey } from "../keys/key.ts";
import { findKey, markRevoked } from "../store/keys.ts";
import { transact } from "../store/transact.ts";
import type { DeedDeps } from "./deeds.ts";

export type RevokeOutcome = { readonly kind: "revoked"; readonly key: ApiKey } | { readonly kind: "key-unknown" };

/** Revokes a key for good. Once this has answered, no request with the key is admitted. */
export async function revokeKey(id: string, reason: string | null, deps: DeedDeps): Promise<RevokeOutcome> {
  return transact(deps.db, async (tx) => {
    await markRevoked(tx, id, deps.clock.now(), reason);
    const key = await findKey(tx, id);
    return key ? { kind: "revoked", key } : { kind: "key-unknown" };
  });
}
