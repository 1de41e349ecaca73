import type { Limit } from "../../limits/limit.ts";
import type { Report } from "../document/finding.ts";
import { toOperation } from "../model/operations.ts";
import type { Outline } from "../model/outline.ts";
import { countsAt, toPolicy } from "../model/plans.ts";

const AT = "x-latchkey";

/** Finds plans that no client can have, and limits that never apply or that refuse every request. */
export function checkPlans(outline: Outline, report: Report) {
  const { plans, defaultPlan, limits } = outline.extension;
  const names = Object.keys(plans);
  if (names.length > 0 && defaultPlan === undefined)
    report([AT, "plans"], `x-latchkey has no defaultPlan: add one of ${names.join(", ")}`);
  if (defaultPlan !== undefined && !names.includes(defaultPlan))
    report([AT, "defaultPlan"], `there is no plan ${defaultPlan}: ${oneOf(names)}`);

  for (const [name, plan] of Object.entries(plans)) {
    for (const kind of ["limits", "quotas"] as const) {
      for (const one of Object.keys(plan[kind])) {
        const isTaken = Object.hasOwn(limits, one) || (kind === "limits" && Object.hasOwn(plan.quotas, one));
        if (!isTaken) continue;
        const message = `${one} is already the name of another limit or quota: choose another name`;
        report([AT, "plans", name, kind, one], message);
      }
    }
  }
  checkOperations(outline, allLimits(outline), report);
}

function allLimits({ extension }: Outline): readonly Limit[] {
  const { plans, limits } = toPolicy(extension);
  return [...[...plans.values()].flatMap((plan) => plan.limits), ...limits];
}

function checkOperations(outline: Outline, all: readonly Limit[], report: Report) {
  const named = new Set(outline.operations.flatMap(({ extension }) => extension.limits ?? []));
  for (const found of outline.operations) {
    const { pointer } = found;
    const { id, isPublic, isOptional, otherAlternatives, cost, messageCost, limits } = toOperation(outline, found);
    const mayLackKey = isOptional || otherAlternatives.length > 0;
    const isCounted = (limit: Limit) =>
      countsAt(limit, { isPublic, limits }, named) ||
      (mayLackKey && countsAt(limit, { isPublic: true, limits }, named));
    for (const [index, name] of limits.entries()) {
      const at = [...pointer, AT, "limits", index];
      const meant = all.filter((limit) => limit.name === name);
      if (meant.length === 0) report(at, `there is no limit ${name}: ${oneOf(all.map((limit) => limit.name))}`);
      else if (cost === 0 && messageCost === 0)
        report(at, `${id} costs nothing, so ${name} has no effect on it: remove one of them`);
      else if (!meant.some(isCounted))
        report(at, `${name} has no effect on ${id}: ${isPublic ? WITHOUT_KEY : WITH_KEY}`);
    }
    for (const limit of all) {
      if (!isCounted(limit)) continue;
      const least = `more than the burst of ${limit.name}, which is ${limit.burst}: reduce the cost, or raise the burst`;
      if (cost > limit.burst) report(pointer, `${id} costs ${cost}, ${least}`);
      if (messageCost > limit.burst) report(pointer, `a message of ${id} costs ${messageCost}, ${least}`);
    }
  }
}

const WITHOUT_KEY = "it needs no key, so use a limit per address";
const WITH_KEY = "it needs a key, so use a limit per client or key";

function oneOf(names: readonly string[]): string {
  return names.length === 0 ? "declare one in x-latchkey at the root" : `use one of ${[...new Set(names)].join(", ")}`;
}
