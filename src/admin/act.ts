import type { ApiKey } from "../keys/key.ts";
import { type KeyState, stateOf } from "../keys/lifecycle.ts";
import { missingScopes } from "../keys/scopes.ts";
import { findKey } from "../store/keys.ts";
import { transact } from "../store/transact.ts";
import { type DeedDeps, within } from "./deeds.ts";

/** The key lost the right to the deed while its request was on its way. */
export type ActorRefused = { readonly kind: "actor-refused"; readonly state: Exclude<KeyState, "active"> };

/**
 * Does a deed in one transaction, in the name of the key that asked for it. Between the look at a request's key and
 * the deed lies the wait for the lock, so the key is looked at again inside.
 */
export async function act<T>(
  key: ApiKey,
  deps: DeedDeps,
  deed: (inside: DeedDeps) => Promise<T>,
): Promise<T | ActorRefused> {
  return transact(deps.db, async (tx) => {
    const current = await findKey(tx, key.id);
    const state = current === undefined ? "revoked" : stateOf(current, deps.clock.now());
    if (state !== "active") return { kind: "actor-refused", state };
    if (current === undefined || missingScopes(current.scopes, key.scopes).length > 0) {
      return { kind: "actor-refused", state: "revoked" };
    }
    return deed(within(deps, tx));
  });
}
