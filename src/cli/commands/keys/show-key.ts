import { viewOfKey } from "../../../admin/views.ts";
import { createRuleBook, type Rules } from "../../../auth/rule-book.ts";
import type { ApiKey } from "../../../keys/key.ts";
import { endOf } from "../../../keys/lifecycle.ts";
import { describeOverride } from "../../../keys/override.ts";
import { type Instant, toTimestamp } from "../../../lib/time/clock.ts";
import { spanOf } from "../../../limits/period.ts";
import { findKey } from "../../../store/keys.ts";
import { createQuotaStore } from "../../../store/quotas.ts";
import { listKeyUses } from "../../../store/usage/key-uses.ts";
import type { KeyUse } from "../../../usage/batch.ts";
import { unknownKey } from "../../outcome-failures.ts";
import { type JsonOption, toJson } from "../../output.ts";
import { type Session, withActions } from "../../session.ts";
import type { Piece } from "../../terminal/painted.ts";
import { paintSheet } from "../../terminal/sheet.ts";
import { createTimes, type Times } from "../../terminal/times.ts";
import { describeLimit, quotaLine } from "../../words/limit-text.ts";
import { statesOfKey } from "../../words/state-text.ts";

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
  if (json) return session.out(toJson({ ...viewOfKey(key, now), plan, quotas, uses: uses.map(viewOfUse) }));
  const times = createTimes(session.screen, now);
  const terms = { plan, ...limitEntries(found), ...quotaEntries(quotas) };
  session.show(paintSheet({ ...toEntries(key, now, times), ...terms, ...useEntries(uses, times) }, session.screen));
}

/** The most recent uses of a key that are shown. */
const MAX_USES = 20;

function viewOfUse({ operation, network, at, requests }: KeyUse) {
  return { operation, network, at: toTimestamp(at), requests };
}

/** Shown for rotated keys too: they tell where the old secret is still in use. */
function useEntries(uses: readonly KeyUse[], times: Times) {
  const [last] = uses;
  if (last === undefined) return { "last used": "never" };
  return {
    "last used": `${times.inSheet(last.at)}, ${last.operation || "no operation"}, from ${last.network}`,
    ...Object.fromEntries(
      uses.map(({ operation, network, at, requests }, index) => [
        `use ${index + 1}`,
        `${requests === 1 ? "once" : `${requests} times`} ${operation || "no operation"} from ${network}, last ${times.inSheet(at)}`,
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
  return Object.fromEntries(rules.limits.map((limit) => [`limit ${limit.name}`, describeLimit(limit)]));
}

function quotaEntries(quotas: ReturnType<typeof quotasOf>) {
  return Object.fromEntries(quotas.map((quota) => [`quota ${quota.name}`, quotaLine(quota)]));
}

function toEntries(key: ApiKey, now: Instant, times: Times): Readonly<Record<string, Piece>> {
  const end = endOf(key);
  return {
    id: key.id,
    client: `${key.client.name} (${key.client.id})`,
    name: key.name,
    environment: key.environment,
    scopes: key.scopes.join(", "),
    state: statesOfKey(key, now),
    "key ends in": `…${key.lastFour}`,
    created: times.inSheet(key.createdAt),
    expires: key.expiresAt === null ? "never" : times.inSheet(key.expiresAt),
    networks: key.allowedIps.join(", ") || "anywhere",
    metadata: JSON.stringify(key.metadata),
    ...(key.client.limits !== null && { "client's limits": describeOverride(key.client.limits) }),
    ...(key.limits !== null && { "own limits": describeOverride(key.limits) }),
    ...(key.successorId !== null &&
      end !== null && { successor: key.successorId, "stops working": times.inSheet(end) }),
    ...(key.disabledAt !== null && { disabled: times.inSheet(key.disabledAt) }),
    ...(key.client.disabledAt !== null && { "client disabled": times.inSheet(key.client.disabledAt) }),
    ...(key.revokedAt !== null && {
      revoked: times.inSheet(key.revokedAt),
      reason: key.revocationReason ?? "not given",
    }),
  };
}
