import type { ApiKey } from "../keys/key.ts";
import { isUsable, type KeyState, stateOf } from "../keys/lifecycle.ts";
import { isWithin } from "../keys/networks.ts";
import { missingScopes } from "../keys/scopes.ts";
import type { Instant } from "../lib/time/clock.ts";
import { transact } from "../store/database/transact.ts";
import { findKey } from "../store/keys.ts";
import type { ActionDeps, Principal } from "./actions.ts";

/** The key lost the right to the action after its request was admitted. */
export type RightLost = { readonly kind: "right-lost"; readonly why: LostRightReason; readonly key: ApiKey };

/** What the key lost. The kinds are those of the refusals that the key would get for a new request. */
export type LostRightReason =
  | { readonly kind: `key-${LostState}` | "client-disabled" | "address-refused" }
  | { readonly kind: "scope-missing"; readonly scopes: readonly string[] };

/** The request that asks for an action: the key, the request id and the address of the caller. */
export type ActionRequest = { readonly key: ApiKey; readonly requestId: string; readonly address: string };

/** Dependencies without a principal: handlers get these, so that only `performAction` can give them one. */
export type UnattributedDeps = Omit<ActionDeps, "principal">;

type LostState = Exclude<KeyState, "active" | "superseded">;

/**
 * Performs an action in one transaction, with the key of the request as its principal. The transaction may have waited
 * for the lock since the request was admitted, so the key is checked again inside it.
 * @param action gets the key as it is now: its rights decide, not those of the key at admission.
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
    return action({ ...deps, db: tx, principal: keyPrincipal(request) }, current);
  });
}

/** The key does not exist any more: the database was replaced by a backup from before it was issued. */
const GONE = { kind: "key-revoked" } as const;

/** What the key could do at admission and `current` cannot do any more, if anything. */
function lostRight(current: ApiKey, { key, address }: ActionRequest, now: Instant): LostRightReason | undefined {
  const state = stateOf(current, now);
  if (!isUsable(state)) return { kind: `key-${state}` };
  if (current.client.disabledAt !== null) return { kind: "client-disabled" };
  if (current.allowedIps.length > 0 && !isWithin(current.allowedIps, address)) return { kind: "address-refused" };
  // The scopes that the operation needs are not known here, so all scopes at admission are required.
  const scopes = missingScopes(current.scopes, key.scopes);
  return scopes.length > 0 ? { kind: "scope-missing", scopes } : undefined;
}

function keyPrincipal({ key, requestId, address }: ActionRequest): Principal {
  return { actor: { kind: "key", keyId: key.id, clientId: key.client.id }, address, requestId };
}
