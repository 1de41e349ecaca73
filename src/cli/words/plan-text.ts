import type { Policy } from "../../contract/model/plans.ts";

/** The plan of a client; `plan` is null for the default one. */
export function planText({ plans, defaultPlan }: Policy, plan: string | null): string {
  if (plan === null) return plans.has(defaultPlan.name) ? `${defaultPlan.name} (default)` : "none";
  return plans.has(plan) ? plan : `${plan} (not in the contract)`;
}
