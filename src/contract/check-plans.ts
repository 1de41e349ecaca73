import { documentExtensionOf, extensionOf } from "./extension.ts";
import type { Report } from "./finding.ts";
import type { JsonObject } from "./json.ts";
import { operationsIn, toOperation } from "./operations.ts";
import { type LimitTerms, toPolicy } from "./plans.ts";

const AT = "x-latchkey";

/** The largest `burst · windowSeconds` whose arithmetic is exact. */
const LARGEST_PRODUCT = Number.MAX_SAFE_INTEGER / 2000;

/** Finds plans and limits that nobody could hold, that would never apply, or that would refuse everything. */
export function checkPlans(document: JsonObject, report: Report) {
  const { plans, defaultPlan, limits } = documentExtensionOf(document);
  const names = Object.keys(plans);
  if (names.length > 0 && defaultPlan === undefined)
    report([AT, "plans"], `x-latchkey names no defaultPlan: add one of ${names.join(", ")}`);
  if (defaultPlan !== undefined && !names.includes(defaultPlan))
    report([AT, "defaultPlan"], `there is no plan ${defaultPlan}: ${oneOf(names)}`);

  for (const [name, plan] of Object.entries(plans)) {
    for (const taken of Object.keys(plan.limits)) {
      if (Object.hasOwn(plan.quotas, taken) || Object.hasOwn(limits, taken))
        report(
          [AT, "plans", name, "limits", taken],
          `${taken} is the name of another limit or quota: choose one of its own`,
        );
    }
    for (const taken of Object.keys(plan.quotas)) {
      if (Object.hasOwn(limits, taken))
        report([AT, "plans", name, "quotas", taken], `${taken} is the name of another limit: choose one of its own`);
    }
  }
  const all = allLimits(document);
  for (const { at, limit } of all) {
    if (limit.burst * limit.windowSeconds > LARGEST_PRODUCT)
      report(
        at,
        `burst and windowSeconds of ${limit.name} are too large to be counted exactly: make one of them smaller`,
      );
  }
  checkOperations(document, all, report);
}

type Placed = { readonly at: readonly string[]; readonly limit: LimitTerms };

function allLimits(document: JsonObject): readonly Placed[] {
  const { plans, limits } = toPolicy(document);
  return [
    ...[...plans.values()].flatMap((plan) =>
      plan.limits.map((limit) => ({ at: [AT, "plans", plan.name, "limits", limit.name], limit })),
    ),
    ...limits.map((limit) => ({ at: [AT, "limits", limit.name], limit })),
  ];
}

function checkOperations(document: JsonObject, all: readonly Placed[], report: Report) {
  const named = new Set(operationsIn(document).flatMap(({ operation }) => extensionOf(operation).limits ?? []));
  for (const found of operationsIn(document)) {
    const { operation, pointer } = found;
    const { id, isPublic, cost, limits } = toOperation(document, found);
    for (const [index, name] of (extensionOf(operation).limits ?? []).entries()) {
      const at = [...pointer, AT, "limits", index];
      const meant = all.filter(({ limit }) => limit.name === name);
      if (meant.length === 0) report(at, `there is no limit ${name}: ${oneOf(all.map(({ limit }) => limit.name))}`);
      else if (cost === 0) report(at, `${id} costs nothing, so ${name} has no effect on it: remove one of them`);
      else if (!meant.some(({ limit }) => (limit.per === "address") === isPublic))
        report(
          at,
          `${name} has no effect on ${id}: ${isPublic ? "without a key, count per address" : "with a key, count per client or key"}`,
        );
    }
    const applying = all.filter(
      ({ limit }) => (limit.per === "address") === isPublic && (limits.includes(limit.name) || !named.has(limit.name)),
    );
    for (const { limit } of applying) {
      if (cost <= limit.burst) continue;
      report(
        pointer,
        `${id} costs ${cost}, more than the burst of ${limit.name}, which is ${limit.burst}: make one of them fit the other`,
      );
    }
  }
}

function oneOf(names: readonly string[]): string {
  return names.length === 0 ? "x-latchkey at the root declares none" : `use one of ${[...new Set(names)].join(", ")}`;
}
