import type { Plan, Policy } from "../contract/model/plans.ts";
import type { Override } from "../keys/override.ts";
import type { Instant } from "../lib/time/clock.ts";

/** Why a plan or an override is not possible, for any caller. */
export type LimitTermsRefused =
  | { readonly kind: "plan-unknown"; readonly known: readonly string[] }
  /** `violation` continues a sentence after its subject, such as `must …`. */
  | { readonly kind: "limits-invalid"; readonly violation: string };

export function refusalOfPlan(policy: Policy, name: string | null): LimitTermsRefused | undefined {
  if (name === null || policy.plans.has(name)) return undefined;
  return { kind: "plan-unknown", known: [...policy.plans.keys()] };
}

/** Who gets the override: a key cannot override a limit that all keys of its client share. */
type Holder = "client" | "key";

export function refusalOfOverride(
  override: Override | null,
  plan: Plan,
  { holder, now }: { readonly holder: Holder; readonly now: Instant },
): LimitTermsRefused | undefined {
  const violation = override && violationOf(override, plan, holder, now);
  return violation ? { kind: "limits-invalid", violation } : undefined;
}

function violationOf({ isUnlimited, until, set }: Override, plan: Plan, holder: Holder, now: Instant) {
  const names = Object.keys(set);
  if (until !== null && until <= now) return "must end at a time in the future";
  if (isUnlimited && names.length > 0) return "must be either unlimited or a set of limits";
  if (!isUnlimited && names.length === 0) return "must not be empty: give unlimited, or limits to set";
  return names.map((name) => termsViolation(name, set[name], plan, holder)).find((found) => found !== undefined);
}

function termsViolation(name: string, terms: Override["set"][string] | undefined, plan: Plan, holder: Holder) {
  const limit = plan.limits.find((one) => one.name === name);
  const quota = plan.quotas.find((one) => one.name === name);
  if (limit === undefined && quota === undefined) {
    const known = [...plan.limits, ...plan.quotas].map((one) => one.name).join(", ") || "none";
    return `must name limits or quotas of the plan ${plan.name}, which has ${known}`;
  }
  if (holder === "key" && limit?.per !== "key")
    return `must not set ${name}, which all keys of the client share: set it for the client`;
  if (quota !== undefined && (terms?.windowSeconds ?? terms?.burst) !== undefined)
    return `must set only the requests of ${name}: the period of a quota is fixed`;
  return undefined;
}
