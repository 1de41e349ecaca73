import type { Plan, Policy } from "../../contract/model/plans.ts";
import { isAdministrative } from "../../keys/scopes.ts";
import type { Limit, Quota } from "../../limits/limit.ts";
import { loadBuiltInContract, readServedTerms } from "../../service/built-in-contract.ts";
import { type JsonOption, toJson } from "../output.ts";
import { configOf, type Session } from "../session.ts";
import { Painted, paint } from "../terminal/painted.ts";
import { paintSheet } from "../terminal/sheet.ts";
import { paintTable, type TableOptions } from "../terminal/table.ts";
import { describeLimit } from "../words/limit-text.ts";

/** What the contract says; the database is not opened. */
async function readTerms(session: Session) {
  return readServedTerms(await configOf(session), session.contract ?? loadBuiltInContract());
}

/** Prints the plans that the contract declares, with their limits and quotas. */
export async function listPlans(session: Session, { json }: JsonOption) {
  const { policy } = await readTerms(session);
  if (json) return session.out(toJson(viewOfPolicy(policy)));
  const plans = [...policy.plans.values()];
  if (plans.length === 0 && policy.limits.length === 0) {
    return session.out("The contract declares no plans and no limits: see docs/limits.md for how it does.\n");
  }
  const { screen } = session;
  const parts = plans.map((plan) => {
    const isDefault = plan === policy.defaultPlan;
    const title = paint({ text: isDefault ? `${plan.name} (default)` : plan.name, style: "bold" }, screen);
    return `${title}\n${indented(paintSheet(entriesOf(plan.limits, plan.quotas), screen))}`;
  });
  const general =
    policy.limits.length === 0
      ? []
      : [
          `${paint({ text: "Whatever the plan", style: "bold" }, screen)}\n${indented(paintSheet(entriesOf(policy.limits, []), screen))}`,
        ];
  session.show(new Painted([...parts, ...general].join("\n")));
}

function entriesOf(limits: readonly Limit[], quotas: readonly Quota[]): Readonly<Record<string, string>> {
  const entries = {
    ...Object.fromEntries(limits.map((limit) => [limit.name, describeLimit(limit)])),
    ...Object.fromEntries(quotas.map((quota) => [quota.name, describeQuota(quota)])),
  };
  return Object.keys(entries).length === 0 ? { "no limits": "" } : entries;
}

function describeQuota({ requests, period, isHard }: Quota): string {
  return `${requests} each ${period} for all keys of the client${isHard ? "" : ", which warns and does not refuse"}`;
}

function indented({ text }: Painted): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}

function viewOfPolicy({ plans, defaultPlan, limits }: Policy) {
  const toView = ({ name, limits, quotas }: Plan) => ({
    name,
    isDefault: plans.get(name) === defaultPlan,
    limits,
    quotas: quotas.map(({ isHard, ...quota }) => ({ ...quota, enforcement: isHard ? "hard" : "soft" })),
  });
  return { items: [...plans.values()].map(toView), limits };
}

/** Prints the scopes that keys can have, and how many operations need each. */
export async function listScopes(session: Session, { json, wide }: JsonOption & TableOptions) {
  const { scopes, operations } = await readTerms(session);
  const items = Object.entries(scopes).map(([name, description]) => ({
    name,
    description,
    administrative: isAdministrative(name),
    operations: operations.filter((operation) => operation.scopes.includes(name)).map(({ id }) => id),
  }));
  if (json) return session.out(toJson({ items }));
  if (items.length === 0) return session.out("The contract has no scopes, so keys need none.\n");
  session.show(
    paintTable<(typeof items)[number]>(
      [
        {
          title: "SCOPE",
          cell: ({ name, administrative }) => (administrative ? { text: name, style: "yellow" } : name),
        },
        { title: "FOR", cell: ({ administrative }) => (administrative ? "administration" : "your API"), dropped: 2 },
        { title: "OPERATIONS", cell: ({ operations }) => operations.join(", "), cutTo: 20, dropped: 1 },
        { title: "MEANING", cell: ({ description }) => description, cutTo: 24, dropped: 3 },
      ],
      items,
      session.screen,
      { wide },
    ),
  );
}
