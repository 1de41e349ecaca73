import type { ApiKey } from "../keys/key.ts";
import { isUsable, type KeyState, stateOf } from "../keys/lifecycle.ts";
import { isWithin } from "../keys/networks.ts";
import { missingScopes } from "../keys/scopes.ts";
import type { Instant } from "../lib/time/clock.ts";
import { transact } from "../store/database/transact.ts";
import { findKey } from "../store/keys.ts";
import type { ActionDeps, By } from "./actions.ts";

/** The key lost the right to the deed while its request was on its way. */
export type ActorRefused = { readonly kind: "actor-refused"; readonly why: LostRight; readonly key: ApiKey };

/** What the key lost. The words are those of the refusals that the same key would get for a new request. */
export type LostRight =
  | { readonly kind: `key-${LostState}` | "client-disabled" | "address-refused" }
  | { readonly kind: "scope-missing"; readonly scopes: readonly string[] };

/** A request that asks for a deed: whose, which one, and from where. */
export type Asking = { readonly key: ApiKey; readonly requestId: string; readonly address: string };

/** Not yet in anybody's name, so that no deed can be done past `act`. */
export type ActDeps = Omit<ActionDeps, "by">;

type LostState = Exclude<KeyState, "active" | "superseded">;

/**
 * Does a deed in one transaction, in the name of the key that asked for it. Between the look at a request's key and
 * the deed lies the wait for the lock, so the whole key is looked at again inside.
 * @param deed gets the key as it is now: whatever it may do depends on that, not on the key of the request.
 */
export async function act<T>(
  asking: Asking,
  deps: ActDeps,
  deed: (inside: ActionDeps, key: ApiKey) => Promise<T>,
): Promise<T | ActorRefused> {
  return transact(deps.db, async (tx) => {
    const current = await findKey(tx, asking.key.id);
    const why = current === undefined ? GONE : lostRight(current, asking, deps.clock.now());
    if (current === undefined || why !== undefined) {
      return { kind: "actor-refused", why: why ?? GONE, key: current ?? asking.key };
    }
    return deed({ ...deps, db: tx, by: byKey(asking) }, current);
  });
}

/** A key that is not there any more was never issued, as far as this database knows: it was replaced by a backup. */
const GONE = { kind: "key-revoked" } as const;

/** What `current` cannot do any more that the key of the request could, if anything. */
function lostRight(current: ApiKey, { key, address }: Asking, now: Instant): LostRight | undefined {
  const state = stateOf(current, now);
  if (!isUsable(state)) return { kind: `key-${state}` };
  if (current.client.disabledAt !== null) return { kind: "client-disabled" };
  if (current.allowedIps.length > 0 && !isWithin(current.allowedIps, address)) return { kind: "address-refused" };
  // Which of its scopes the operation needs is not known here, so it needs all that it came with.
  const scopes = missingScopes(current.scopes, key.scopes);
  return scopes.length > 0 ? { kind: "scope-missing", scopes } : undefined;
}

function byKey({ key, requestId, address }: Asking): By {
  return { actor: { kind: "key", keyId: key.id, clientId: key.client.id }, address, requestId };
}
