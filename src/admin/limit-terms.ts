import type { Plan, Policy } from "../contract/model/plans.ts";
import type { Override } from "../keys/override.ts";
import type { Instant } from "../lib/time/clock.ts";

/** A plan or an override that nobody can have, whoever asks. */
export type LimitTermsRefused =
  | { readonly kind: "plan-unknown"; readonly known: readonly string[] }
  /** `violation` goes on after a subject, such as `must …`. */
  | { readonly kind: "limits-invalid"; readonly violation: string };

export function refusalOfPlan(policy: Policy, name: string | null): LimitTermsRefused | undefined {
  if (name === null || policy.plans.has(name)) return undefined;
  return { kind: "plan-unknown", known: [...policy.plans.keys()] };
}

/** Whose override it is to be: what all keys of a client share cannot be another thing for one of them. */
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
  if (until !== null && until <= now) return "must end at a time that lies ahead";
  if (isUnlimited && names.length > 0) return "must be either unlimited or limits of their own";
  if (!isUnlimited && names.length === 0) return "must say something: unlimited, or what is set";
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
    return `must leave ${name} alone, which all keys of the client share: set it for the client`;
  if (quota !== undefined && (terms?.windowSeconds ?? terms?.burst) !== undefined)
    return `must give ${name} requests alone: a quota keeps its period`;
  return undefined;
}
