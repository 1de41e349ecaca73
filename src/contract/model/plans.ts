import type { Limit, Quota } from "../../limits/limit.ts";
import type { DocumentExtension } from "./extension.ts";

export type Plan = {
  readonly name: string;
  readonly limits: readonly Limit[];
  readonly quotas: readonly Quota[];
};

/** The plans and limits of a contract. */
export type Policy = {
  readonly plans: ReadonlyMap<string, Plan>;
  /** The plan of clients without one. */
  readonly defaultPlan: Plan;
  /** The limits for all clients, whatever their plan. */
  readonly limits: readonly Limit[];
};

const NO_PLAN: Plan = { name: "none", limits: [], quotas: [] };

/** @param extension the `x-latchkey` of a document that passed `checkPlans`. */
export function toPolicy({ plans, defaultPlan, limits }: DocumentExtension): Policy {
  const read = new Map(Object.entries(plans).map(([name, plan]) => [name, toPlan(name, plan)]));
  return {
    plans: read,
    defaultPlan: (defaultPlan === undefined ? undefined : read.get(defaultPlan)) ?? NO_PLAN,
    limits: Object.entries(limits).map(([name, limit]) => toLimit(name, limit)),
  };
}

/** The plan of a client that has plan `name`; null means the default one. */
export function planOf({ plans, defaultPlan }: Policy, name: string | null): Plan {
  return (name === null ? undefined : plans.get(name)) ?? defaultPlan;
}

/**
 * Does `limit` apply to this operation? A limit that operations name applies only to those. Without a key, only limits
 * per address apply.
 * @param named the limits that any operation names.
 */
export function countsAt(
  { name, per }: Limit,
  { isPublic, limits }: { readonly isPublic: boolean; readonly limits: readonly string[] },
  named: ReadonlySet<string>,
): boolean {
  return (per === "address") === isPublic && (limits.includes(name) || !named.has(name));
}

/** `limit` with some terms replaced. */
export function termsOf(limit: Limit, terms: Partial<Pick<Limit, "requests" | "windowSeconds" | "burst">> = {}): Limit {
  const { requests = limit.requests, windowSeconds = limit.windowSeconds } = terms;
  return { ...limit, requests, windowSeconds, burst: terms.burst ?? defaultBurst(requests) };
}

/** Also the largest that a contract may declare. Up to it, JavaScript computes every level exactly. */
const LARGEST_BURST = 1_000_000;

/** A tenth of `requests`, at least one. */
function defaultBurst(requests: number): number {
  return Math.min(LARGEST_BURST, Math.max(1, Math.floor(requests / 10)));
}

function toPlan(name: string, { limits, quotas }: DocumentExtension["plans"][string]): Plan {
  return {
    name,
    limits: Object.entries(limits).map(([limit, terms]) => toLimit(limit, terms)),
    quotas: Object.entries(quotas).map(([quota, { requests, period, enforcement }]) => ({
      name: quota,
      requests,
      period,
      isHard: enforcement === "hard",
    })),
  };
}

function toLimit(name: string, { per, requests, windowSeconds, burst }: DocumentExtension["limits"][string]): Limit {
  return { name, per, requests, windowSeconds, burst: burst ?? defaultBurst(requests) };
}
