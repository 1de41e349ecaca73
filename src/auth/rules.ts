import type { Operation } from "../contract/operations.ts";
import {
  countsAt,
  type LimitTerms,
  type Plan,
  type Policy,
  planOf,
  type QuotaTerms,
  termsOf,
} from "../contract/plans.ts";
import type { ApiKey } from "../keys/key.ts";
import { networkOf } from "../keys/networks.ts";
import { inForce, type Override } from "../keys/override.ts";
import type { Instant } from "../lib/clock.ts";
import type { Charge } from "../limits/limiter.ts";

type CountedOperation = Pick<Operation, "id" | "isPublic" | "cost" | "limits">;

/** What applies to calls of an operation. */
export type Rules = {
  readonly limits: readonly LimitTerms[];
  readonly quotas: readonly QuotaTerms[];
};

export type RuleBook = {
  /** @param key undefined: nobody in particular calls, so addresses are counted. */
  readonly rulesOf: (operation: CountedOperation, key: ApiKey | undefined, now: Instant) => Rules;
  /** What every operation counts, whichever is called: for whoever wants to know where a key stands. */
  readonly generalRulesOf: (key: ApiKey, now: Instant) => Rules;
  readonly planOf: (key: ApiKey) => Plan;
  readonly plans: readonly Plan[];
  readonly defaultPlan: Plan;
  /** What counts for whoever holds `plan`, and nothing else. */
  readonly rulesOfPlan: (plan: Plan, operation: CountedOperation) => Rules;
};

const NOTHING: Rules = { limits: [], quotas: [] };

/**
 * Which limits and quotas count. A limit that some operation names counts there alone; all others count everywhere. An
 * override of the client comes before the plan, one of the key before that.
 */
export function createRuleBook(policy: Policy, operations: readonly CountedOperation[]): RuleBook {
  const named = new Set(operations.flatMap(({ limits }) => limits));
  const known = new Map<Plan, Map<string, Rules>>();

  const select = (plan: Plan, operation: Pick<CountedOperation, "isPublic" | "limits">): Rules => ({
    limits: [...plan.limits, ...policy.limits].filter((limit) => countsAt(limit, operation, named)),
    quotas: operation.isPublic ? [] : plan.quotas,
  });

  const planned = (plan: Plan, operation: CountedOperation): Rules => {
    const ofPlan = known.get(plan) ?? new Map<string, Rules>();
    known.set(plan, ofPlan);
    const rules = ofPlan.get(operation.id) ?? select(plan, operation);
    ofPlan.set(operation.id, rules);
    return rules;
  };

  return {
    rulesOf: (operation, key, now) => {
      if (key === undefined) return operation.isPublic ? planned(policy.defaultPlan, operation) : NOTHING;
      return overridden(planned(planOf(policy, key.client.plan), operation), key, now);
    },
    generalRulesOf: (key, now) =>
      overridden(select(planOf(policy, key.client.plan), { isPublic: false, limits: [] }), key, now),
    planOf: (key) => planOf(policy, key.client.plan),
    plans: [...policy.plans.values()],
    defaultPlan: policy.defaultPlan,
    rulesOfPlan: select,
  };
}

function overridden(rules: Rules, { client, limits }: ApiKey, now: Instant): Rules {
  if (client.limits === null && limits === null) return rules;
  const overrides = [inForce(client.limits, now), inForce(limits, now)].filter((one) => one !== null);
  if (overrides.some(({ isUnlimited }) => isUnlimited)) return NOTHING;
  return overrides.reduce(withOverride, rules);
}

function withOverride({ limits, quotas }: Rules, { set }: Override): Rules {
  return {
    limits: limits.map((limit) => (Object.hasOwn(set, limit.name) ? termsOf(limit, set[limit.name]) : limit)),
    quotas: quotas.map((quota) => ({ ...quota, requests: set[quota.name]?.requests ?? quota.requests })),
  };
}

/** What a call costs, and whose buckets it is taken from. Keys that were rotated into each other share theirs. */
export function chargeOf(
  { limits, quotas }: Rules,
  cost: number,
  { key, address }: { readonly key: ApiKey | undefined; readonly address: string },
): Charge {
  const ids = { key: key?.lineageId ?? "", client: key?.client.id ?? "", address: key ? "" : networkOf(address) };
  return { cost, clientId: ids.client, limits: limits.map((limit) => ({ limit, id: ids[limit.per] })), quotas };
}
