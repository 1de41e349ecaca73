import type { Operation } from "../contract/model/operations.ts";
import { countsAt, type Plan, type Policy, planOf, termsOf } from "../contract/model/plans.ts";
import type { ApiKey } from "../keys/key.ts";
import { networkOf } from "../keys/networks.ts";
import { inForce, type Override } from "../keys/override.ts";
import { createSideTable } from "../lib/side-table.ts";
import type { Instant } from "../lib/time/clock.ts";
import type { Limit, LimitSubject, Quota } from "../limits/limit.ts";
import type { Charge } from "../limits/limiter.ts";

type CountedOperation = Pick<Operation, "id" | "isPublic" | "cost" | "limits">;

/** The limits and quotas that apply to a call. */
export type Rules = {
  readonly limits: readonly Limit[];
  readonly quotas: readonly Quota[];
};

export type RuleBook = {
  /**
   * The rules for a call of `operation`.
   * @param key undefined for a call without a key, which is counted by address.
   */
  readonly rulesOf: (operation: CountedOperation, key: ApiKey | undefined, now: Instant) => Rules;
  /** The rules that apply to a key at every operation. */
  readonly generalRulesOf: (key: ApiKey, now: Instant) => Rules;
  readonly planOf: (key: ApiKey) => Plan;
  readonly plans: readonly Plan[];
  readonly defaultPlan: Plan;
  /** The rules of a plan, without overrides. */
  readonly rulesOfPlan: (plan: Plan, operation: CountedOperation) => Rules;
};

const NOTHING: Rules = { limits: [], quotas: [] };

/** Stands for all operations that need a key: it names no limits. */
const EVERY_OPERATION = { id: "", isPublic: false, limits: [] };

/**
 * Knows which limits and quotas apply to a call. A limit that an operation names applies only to the operations that
 * name it; the others apply everywhere. An override of the client takes precedence over the plan, one of the key over
 * both.
 */
export function createRuleBook(policy: Policy, operations: readonly CountedOperation[]): RuleBook {
  const named = new Set(operations.flatMap(({ limits }) => limits));
  const known = new Map<Plan, Map<string, Rules>>();

  const select = (plan: Plan, operation: Pick<CountedOperation, "isPublic" | "limits">): Rules => ({
    limits: [...plan.limits, ...policy.limits].filter((limit) => countsAt(limit, operation, named)),
    quotas: operation.isPublic ? [] : plan.quotas,
  });

  const planned = (plan: Plan, operation: Pick<CountedOperation, "id" | "isPublic" | "limits">): Rules => {
    const ofPlan = known.get(plan) ?? new Map<string, Rules>();
    known.set(plan, ofPlan);
    const rules = ofPlan.get(operation.id) ?? shared(ofPlan, select(plan, operation));
    ofPlan.set(operation.id, rules);
    return rules;
  };

  /** Operations with equal rules share one object, so that callers can cache by identity. */
  const shared = (ofPlan: ReadonlyMap<string, Rules>, rules: Rules): Rules =>
    [...ofPlan.values()].find(({ limits, quotas }) => areSame(limits, rules.limits) && areSame(quotas, rules.quotas)) ??
    rules;

  return {
    rulesOf: (operation, key, now) => {
      if (key === undefined) return planned(policy.defaultPlan, withoutKey(operation));
      return overridden(planned(planOf(policy, key.client.plan), operation), key, now);
    },
    generalRulesOf: (key, now) => overridden(planned(planOf(policy, key.client.plan), EVERY_OPERATION), key, now),
    planOf: (key) => planOf(policy, key.client.plan),
    plans: [...policy.plans.values()],
    defaultPlan: policy.defaultPlan,
    rulesOfPlan: select,
  };
}

/** An operation that also admits callers without a key limits them like one that needs none: by their address. */
function withoutKey(operation: CountedOperation): CountedOperation {
  return operation.isPublic ? operation : { ...operation, id: `${operation.id} without a key`, isPublic: true };
}

/** By key and rules of its plan: the rules with the overrides of the key and its client. */
const OVERRIDDEN = createSideTable<Map<Rules, { readonly rules: Rules; readonly until: Instant }>>();

function overridden(rules: Rules, key: ApiKey, now: Instant): Rules {
  const { client, limits } = key;
  if (client.limits === null && limits === null) return rules;
  const known = OVERRIDDEN.get(key) ?? new Map();
  OVERRIDDEN.set(key, known);
  const before = known.get(rules);
  if (before !== undefined && now < before.until) return before.rules;

  const overrides = [inForce(client.limits, now), inForce(limits, now)].filter((one) => one !== null);
  const isUnlimited = overrides.some((override) => override.isUnlimited);
  const after = isUnlimited ? NOTHING : overrides.reduce(withOverride, rules);
  known.set(rules, {
    rules: after,
    until: Math.min(...overrides.map(({ until }) => until ?? Number.POSITIVE_INFINITY)),
  });
  return after;
}

function withOverride({ limits, quotas }: Rules, { set }: Override): Rules {
  return {
    limits: limits.map((limit) => (Object.hasOwn(set, limit.name) ? termsOf(limit, set[limit.name]) : limit)),
    quotas: quotas.map((quota) => ({ ...quota, requests: set[quota.name]?.requests ?? quota.requests })),
  };
}

/** By key and rules: the latest charge, because nearly every call is charged like the one before. */
const CHARGES = createSideTable<Map<Rules, Charge>>();

/** The charge for a call. A key and its predecessors before rotation are counted as one. */
export function chargeOf(
  rules: Rules,
  cost: number,
  { key, address }: { readonly key: ApiKey | undefined; readonly address: string },
): Charge {
  if (key === undefined) return compose(rules, cost, { key: "", client: "", address: networkOf(address) });
  const known = CHARGES.get(key) ?? new Map<Rules, Charge>();
  CHARGES.set(key, known);
  const before = known.get(rules);
  if (before?.cost === cost) return before;
  const charge = compose(rules, cost, { key: key.lineageId, client: key.client.id, address: "" });
  known.set(rules, charge);
  return charge;
}

function compose({ limits, quotas }: Rules, cost: number, ids: Readonly<Record<LimitSubject, string>>): Charge {
  return { cost, clientId: ids.client, limits: limits.map((limit) => ({ limit, id: ids[limit.per] })), quotas };
}

function areSame(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((one, index) => one === others[index]);
}
