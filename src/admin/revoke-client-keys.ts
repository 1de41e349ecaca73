import type { Client } from "../keys/client.ts";
import { findClient } from "../store/clients.ts";
import { unrevokedKeysOf } from "../store/keys.ts";
import { transact } from "../store/transact.ts";
import { type DeedDeps, within } from "./deeds.ts";
import { revokeOne } from "./revoke-key.ts";

export type RevokeClientKeysOutcome =
  /** `revoked` counts those that were not revoked before. */
  { readonly kind: "revoked"; readonly client: Client; readonly revoked: number } | { readonly kind: "client-unknown" };

/** Revokes every key that a client holds, for good. The client stays. */
export async function revokeClientKeys(
  idOrName: string,
  reason: string | null,
  deps: DeedDeps,
): Promise<RevokeClientKeysOutcome> {
  return transact(deps.db, async (tx) => {
    const client = await findClient(tx, idOrName);
    if (client === undefined) return { kind: "client-unknown" };

    const keys = await unrevokedKeysOf(tx, client.id);
    for (const key of keys) await revokeOne(key, reason, within(deps, tx));
    return { kind: "revoked", client, revoked: keys.length };
  });
}
