import type { Client } from "../../keys/client.ts";
import { findClient } from "../../store/clients.ts";
import { transact } from "../../store/database/transact.ts";
import { countUnrevoked, rangeOfClient } from "../../store/keys.ts";
import { type ActionDeps, within } from "../actions.ts";
import { revokeInBulk } from "./revoke-in-bulk.ts";

export type RevokeClientKeysOutcome =
  /** `revoked` counts those that were not revoked before. */
  { readonly kind: "revoked"; readonly client: Client; readonly revoked: number } | { readonly kind: "client-unknown" };

/** Revokes every key of a client permanently; see `revokeInBulk`. The client stays. */
export async function revokeClientKeys(
  idOrName: string,
  reason: string | null,
  deps: ActionDeps,
): Promise<RevokeClientKeysOutcome> {
  return transact(deps.db, async (tx) => {
    const client = await findClient(tx, idOrName);
    if (client === undefined) return { kind: "client-unknown" };

    const revoked = await countUnrevoked(tx, client.id);
    if (revoked > 0) await revokeInBulk(await rangeOfClient(tx, client.id), reason, within(deps, tx));
    return { kind: "revoked", client, revoked };
  });
}
