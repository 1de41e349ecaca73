import { planOf } from "../../contract/model/plans.ts";
import type { ApiKey } from "../../keys/key.ts";
import { countsAsHeld, isLoosened } from "../../keys/lifecycle.ts";
import { describeOverride, type Override } from "../../keys/override.ts";
import { optionalTimestamp } from "../../lib/time/clock.ts";
import { transact } from "../../store/database/transact.ts";
import { findKey, replaceTerms } from "../../store/keys.ts";
import { type ActionDeps, type Authority, refusedRights, within } from "../actions.ts";
import { differences, type Edit } from "../edit.ts";
import { type LimitTermsRefused, refusalOfOverride } from "../limit-terms.ts";
import { record } from "../record.ts";
import {
  networksOf,
  refusalOfOneMore,
  refusalOfTerms,
  type Terms,
  type TermsRefused,
  type TooManyKeys,
} from "./key-terms.ts";

/** What to change; a property that is left out stays as it is. */
export type KeyUpdate = Terms & {
  readonly name?: string | undefined;
  readonly selfRotation?: boolean | undefined;
  /** Null: the limits of the client's plan. */
  readonly limits?: Override | null | undefined;
};

export type UpdateKeyOutcome =
  | { readonly kind: "updated"; readonly key: ApiKey }
  | { readonly kind: "key-unknown" }
  /** A revoked key cannot be changed. */
  | { readonly kind: "key-revoked" }
  | { readonly kind: "edit-conflict" }
  | { readonly kind: "scope-not-grantable"; readonly scopes: readonly string[] }
  | TooManyKeys
  | TermsRefused
  | LimitTermsRefused;

/**
 * Changes a key, from the next request on. More scopes, a later expiry, other networks or the right to rotate itself
 * take the authority to grant the scopes of the key.
 */
export async function updateKey(
  { id, update, isCurrent }: Edit<ApiKey, KeyUpdate>,
  authority: Authority,
  deps: ActionDeps,
): Promise<UpdateKeyOutcome> {
  const now = deps.clock.now();
  const refusal = refusalOfTerms(update, deps.scopes, now);
  if (refusal !== undefined) return refusal;

  return transact(deps.db, async (tx) => {
    const inside = within(deps, tx);
    const before = await findKey(tx, id);
    if (before === undefined) return { kind: "key-unknown" };
    if (!isCurrent(before)) return { kind: "edit-conflict" };
    if (before.revokedAt !== null) return { kind: "key-revoked" };

    const plan = planOf(deps.policy, before.client.plan);
    const limitsRefusal = refusalOfOverride(update.limits ?? null, plan, { holder: "key", now });
    if (limitsRefusal !== undefined) return limitsRefusal;
    const key = toUpdated(before, update);
    const refused = isLoosened(before, key) ? refusedRights(authority, key) : [];
    if (refused.length > 0) return { kind: "scope-not-grantable", scopes: refused };
    const isBack = countsAsHeld(key, now) && !countsAsHeld(before, now);
    const full = isBack ? await refusalOfOneMore(key.client.id, inside, now) : undefined;
    if (full !== undefined) return full;

    const details = differences(toWords(before), toWords(key));
    if (Object.keys(details).length === 0) return { kind: "updated", key: before };
    await replaceTerms(tx, key);
    await record(inside, { action: "key.changed", target: { kind: "key", id }, at: now, details });
    return { kind: "updated", key };
  });
}

function toUpdated(before: ApiKey, update: KeyUpdate): ApiKey {
  const { name, scopes, expiresAt, allowedIps, selfRotation, metadata, limits } = update;
  return {
    ...before,
    ...(name !== undefined && { name }),
    ...(scopes !== undefined && { scopes: [...new Set(scopes)] }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(allowedIps !== undefined && { allowedIps: networksOf(allowedIps) }),
    ...(selfRotation !== undefined && { selfRotation }),
    ...(metadata !== undefined && { metadata }),
    ...(limits !== undefined && { limits }),
  };
}

/** What can be changed, as the audit log writes it. */
function toWords(key: ApiKey): Readonly<Record<string, string>> {
  return {
    name: key.name,
    scopes: key.scopes.join(","),
    expiresAt: optionalTimestamp(key.expiresAt) ?? "never",
    allowedIps: key.allowedIps.join(",") || "anywhere",
    selfRotation: String(key.selfRotation),
    metadata: JSON.stringify(key.metadata),
    limits: describeOverride(key.limits),
  };
}
