import type { ApiKey } from "../keys/key.ts";
import { isUsable, type KeyState, stateOf } from "../keys/lifecycle.ts";
import { isWithin } from "../keys/networks.ts";
import { missingScopes } from "../keys/scopes.ts";
import type { Instant } from "../lib/time/clock.ts";
import { transact } from "../store/database/transact.ts";
import { findKey } from "../store/keys.ts";
import type { ActionDeps, Principal } from "./actions.ts";

/** The key lost the right to the deed while its request was on its way. */
export type RightLost = { readonly kind: "right-lost"; readonly why: LostRightReason; readonly key: ApiKey };

/** What the key lost. The words are those of the refusals that the same key would get for a new request. */
export type LostRightReason =
  | { readonly kind: `key-${LostState}` | "client-disabled" | "address-refused" }
  | { readonly kind: "scope-missing"; readonly scopes: readonly string[] };

/** A request that asks for a deed: whose, which one, and from where. */
export type ActionRequest = { readonly key: ApiKey; readonly requestId: string; readonly address: string };

/** Not yet in anybody's name, so that no deed can be done past `performAction`. */
export type UnattributedDeps = Omit<ActionDeps, "principal">;

type LostState = Exclude<KeyState, "active" | "superseded">;

/**
 * Does a deed in one transaction, in the name of the key that asked for it. Between the look at a request's key and
 * the deed lies the wait for the lock, so the whole key is looked at again inside.
 * @param action gets the key as it is now: whatever it may do depends on that, not on the key of the request.
 */
export async function performAction<T>(
  request: ActionRequest,
  deps: UnattributedDeps,
  action: (inside: ActionDeps, key: ApiKey) => Promise<T>,
): Promise<T | RightLost> {
  return transact(deps.db, async (tx) => {
    const current = await findKey(tx, request.key.id);
    const why = current === undefined ? GONE : lostRight(current, request, deps.clock.now());
    if (current === undefined || why !== undefined) {
      return { kind: "right-lost", why: why ?? GONE, key: current ?? request.key };
    }
    return action({ ...deps, db: tx, principal: byKey(request) }, current);
  });
}

/** A key that is not there any more was never issued, as far as this database knows: it was replaced by a backup. */
const GONE = { kind: "key-revoked" } as const;

/** What `current` cannot do any more that the key of the request could, if anything. */
function lostRight(current: ApiKey, { key, address }: ActionRequest, now: Instant): LostRightReason | undefined {
  const state = stateOf(current, now);
  if (!isUsable(state)) return { kind: `key-${state}` };
  if (current.client.disabledAt !== null) return { kind: "client-disabled" };
  if (current.allowedIps.length > 0 && !isWithin(current.allowedIps, address)) return { kind: "address-refused" };
  // Which of its scopes the operation needs is not known here, so it needs all that it came with.
  const scopes = missingScopes(current.scopes, key.scopes);
  return scopes.length > 0 ? { kind: "scope-missing", scopes } : undefined;
}

function byKey({ key, requestId, address }: ActionRequest): Principal {
  return { actor: { kind: "key", keyId: key.id, clientId: key.client.id }, address, requestId };
}
