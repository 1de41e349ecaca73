import type { ApiKey } from "../../keys/key.ts";
import { transact } from "../../store/database/transact.ts";
import { findKey, markKeyDisabled } from "../../store/keys.ts";
import { type ActionDeps, type Authority, refusedScopes, within } from "../actions.ts";
import { record } from "../record.ts";

export type DisableKeyOutcome =
  | { readonly kind: "done"; readonly key: ApiKey }
  | { readonly kind: "key-unknown" }
  | { readonly kind: "scope-not-grantable"; readonly scopes: readonly string[] };

/** Disables a key: it is refused until it is enabled again. A disabled key keeps its time. */
export async function disableKey(id: string, deps: ActionDeps): Promise<DisableKeyOutcome> {
  return transact(deps.db, async (tx) => {
    const key = await findKey(tx, id);
    if (key === undefined) return { kind: "key-unknown" };
    if (key.disabledAt !== null) return { kind: "done", key };

    const disabledAt = deps.clock.now();
    await markKeyDisabled(tx, id, disabledAt);
    await record(within(deps, tx), { action: "key.disabled", target: { kind: "key", id }, at: disabledAt });
    return { kind: "done", key: { ...key, disabledAt } };
  });
}

/** Enables a key. It takes the authority to grant its scopes. */
export async function enableKey(id: string, authority: Authority, deps: ActionDeps): Promise<DisableKeyOutcome> {
  return transact(deps.db, async (tx) => {
    const key = await findKey(tx, id);
    if (key === undefined) return { kind: "key-unknown" };
    if (key.disabledAt === null) return { kind: "done", key };
    const refused = refusedScopes(authority, key.scopes);
    if (refused.length > 0) return { kind: "scope-not-grantable", scopes: refused };

    await markKeyDisabled(tx, id, null);
    await record(within(deps, tx), { action: "key.enabled", target: { kind: "key", id }, at: deps.clock.now() });
    return { kind: "done", key: { ...key, disabledAt: null } };
  });
}
