import type { ApiKey } from "../keys/key.ts";
import { isUsable, type KeyState, stateOf } from "../keys/lifecycle.ts";
import { missingScopes } from "../keys/scopes.ts";
import { findKey } from "../store/keys.ts";
import { transact } from "../store/transact.ts";
import type { By, DeedDeps } from "./deeds.ts";

/** The key lost the right to the deed while its request was on its way. */
export type ActorRefused = { readonly kind: "actor-refused"; readonly state: LostState };

/** A request that asks for a deed: whose, which one, and from where. */
export type Asking = { readonly key: ApiKey; readonly requestId: string; readonly address: string };

/** Not yet in anybody's name, so that no deed can be done past `act`. */
export type ActDeps = Omit<DeedDeps, "by">;

type LostState = Exclude<KeyState, "active" | "superseded">;

/**
 * Does a deed in one transaction, in the name of the key that asked for it. Between the look at a request's key and
 * the deed lies the wait for the lock, so the key is looked at again inside.
 */
export async function act<T>(
  asking: Asking,
  deps: ActDeps,
  deed: (inside: DeedDeps) => Promise<T>,
): Promise<T | ActorRefused> {
  const { key } = asking;
  return transact(deps.db, async (tx) => {
    const current = await findKey(tx, key.id);
    if (current === undefined) return { kind: "actor-refused", state: "revoked" };
    const state = stateOf(current, deps.clock.now());
    if (!isUsable(state)) return { kind: "actor-refused", state };
    if (missingScopes(current.scopes, key.scopes).length > 0) return { kind: "actor-refused", state: "revoked" };
    if (current.client.disabledAt !== null) return { kind: "actor-refused", state: "disabled" };
    return deed({ ...deps, db: tx, by: byKey(asking) });
  });
}

function byKey({ key, requestId, address }: Asking): By {
  return { actor: { kind: "key", keyId: key.id, clientId: key.client.id }, address, requestId };
}
