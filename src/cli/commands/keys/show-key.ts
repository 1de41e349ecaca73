import { viewOfKey } from "../../../admin/views.ts";
import { createRuleBook, type Rules } from "../../../auth/rule-book.ts";
import type { ApiKey } from "../../../keys/key.ts";
import { endOf, stateOf } from "../../../keys/lifecycle.ts";
import { describeOverride } from "../../../keys/override.ts";
import { type Instant, optionalTimestamp, toTimestamp } from "../../../lib/time/clock.ts";
import { spanOf } from "../../../limits/period.ts";
import { findKey } from "../../../store/keys.ts";
import { createQuotaStore } from "../../../store/quotas.ts";
import { listKeyUses } from "../../../store/usage/key-uses.ts";
import type { KeyUse } from "../../../usage/batch.ts";
import { unknownKey } from "../../outcome-failures.ts";
import { type JsonOption, toJson, toSheet } from "../../output.ts";
import { type Session, withActions } from "../../session.ts";

/** Prints a key, its recent use, and what its client has used of its quotas. */
export async function showKey(session: Session, id: string, { json }: JsonOption) {
  const found = await withActions(session, async ({ db, clock, policy }) => {
    const key = await findKey(db, id);
    const now = clock.now();
    if (key === undefined) throw unknownKey(id);
    const ruleBook = createRuleBook(policy, []);
    const rules = ruleBook.generalRulesOf(key, now);
    const accounts = rules.quotas.map(({ name, period }) => ({
      clientId: key.client.id,
      quota: name,
      span: spanOf(period, now).name,
    }));
    const [used, uses] = [await createQuotaStore(db).read(accounts), await listKeyUses(db, id, MAX_USES)];
    return { key, now, plan: ruleBook.planOf(key).name, rules, used, uses };
  });
  const { key, now, plan, uses } = found;
  const quotas = quotasOf(found);
  session.out(
    json
      ? toJson({ ...viewOfKey(key, now), plan, quotas, uses: uses.map(viewOfUse) })
      : toSheet({ ...toEntries(key, now), plan, ...limitEntries(found), ...quotaEntries(quotas), ...useEntries(uses) }),
  );
}

/** The most recent uses of a key that are shown. */
const MAX_USES = 20;

function viewOfUse({ operation, network, at, requests }: KeyUse) {
  return { operation, network, at: toTimestamp(at), requests };
}

/** Shown for rotated keys too: they tell where the old secret is still in use. */
function useEntries(uses: readonly KeyUse[]) {
  const [last] = uses;
  if (last === undefined) return { "last used": "never" };
  return {
    "last used": `${toTimestamp(last.at)}, ${last.operation || "no operation"}, from ${last.network}`,
    ...Object.fromEntries(
      uses.map(({ operation, network, at, requests }, index) => [
        `use ${index + 1}`,
        `${requests} times ${operation || "no operation"} from ${network}, last ${toTimestamp(at)}`,
      ]),
    ),
  };
}

type Found = { readonly rules: Rules; readonly used: readonly number[]; readonly now: Instant };

function quotasOf({ rules, used, now }: Found) {
  return rules.quotas.map(({ name, requests, period }, index) => ({
    name,
    requests,
    used: used[index] ?? 0,
    remaining: Math.max(0, requests - (used[index] ?? 0)),
    endsAt: toTimestamp(spanOf(period, now).endsAt),
  }));
}

/** Only the configured limits: the running service counts requests against them in memory. */
function limitEntries({ rules }: Found) {
  return Object.fromEntries(
    rules.limits.map(({ name, per, requests, windowSeconds, burst }) => [
      `limit ${name}`,
      `${requests} in ${windowSeconds} s for each ${per}, ${burst} at once`,
    ]),
  );
}

function quotaEntries(quotas: ReturnType<typeof quotasOf>) {
  return Object.fromEntries(
    quotas.map(({ name, requests, used, remaining, endsAt }) => [
      `quota ${name}`,
      `${remaining} of ${requests} remain until ${endsAt} (${used} used)`,
    ]),
  );
}

function toEntries(key: ApiKey, now: Instant): Readonly<Record<string, string>> {
  return {
    id: key.id,
    client: `${key.client.name} (${key.client.id})`,
    name: key.name,
    environment: key.environment,
    scopes: key.scopes.join(", "),
    state: stateOf(key, now),
    "ends in": key.lastFour,
    created: toTimestamp(key.createdAt),
    expires: optionalTimestamp(key.expiresAt) ?? "never",
    networks: key.allowedIps.join(", ") || "anywhere",
    metadata: JSON.stringify(key.metadata),
    ...(key.client.limits !== null && { "client's limits": describeOverride(key.client.limits) }),
    ...(key.limits !== null && { "own limits": describeOverride(key.limits) }),
    ...(key.successorId !== null && {
      successor: key.successorId,
      "ends at": optionalTimestamp(endOf(key)) ?? "",
    }),
    ...(key.disabledAt !== null && { disabled: toTimestamp(key.disabledAt) }),
    ...(key.client.disabledAt !== null && { "client disabled": toTimestamp(key.client.disabledAt) }),
    ...(key.revokedAt !== null && { revoked: toTimestamp(key.revokedAt), reason: key.revocationReason ?? "not given" }),
  };
}
