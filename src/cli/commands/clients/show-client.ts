import { viewOfClient } from "../../../admin/views.ts";
import { planOf } from "../../../contract/model/plans.ts";
import type { Client } from "../../../keys/client.ts";
import { describeOverride } from "../../../keys/override.ts";
import { type Instant, toTimestamp } from "../../../lib/time/clock.ts";
import type { Quota } from "../../../limits/limit.ts";
import { spanOf } from "../../../limits/period.ts";
import { findClient } from "../../../store/clients.ts";
import { countKeys, type KeyCount, NO_KEYS } from "../../../store/count-keys.ts";
import { createQuotaStore } from "../../../store/quotas.ts";
import { unknownClient } from "../../outcome-failures.ts";
import { type JsonOption, toJson } from "../../output.ts";
import { type Session, withActions } from "../../session.ts";
import type { Piece } from "../../terminal/painted.ts";
import { paintSheet } from "../../terminal/sheet.ts";
import { createTimes, type Times } from "../../terminal/times.ts";
import { describeLimit, quotaLine } from "../../words/limit-text.ts";
import { planText } from "../../words/plan-text.ts";
import { clientStateOf, stateOfClient } from "../../words/state-text.ts";

/** Prints a client, its plan, its keys, and what it has used of its quotas. */
export async function showClient(session: Session, name: string, { json }: JsonOption) {
  const { client, keys, plan, planName, quotas, now } = await withActions(session, async ({ db, clock, policy }) => {
    const client = await findClient(db, name);
    if (client === undefined) throw unknownClient(name);
    const now = clock.now();
    const plan = planOf(policy, client.plan);
    const keys = (await countKeys(db, now, client.id)).get(client.id) ?? NO_KEYS;
    const accounts = plan.quotas.map((quota) => accountOf(client, quota, now));
    const used = await createQuotaStore(db).read(accounts);
    const quotas = plan.quotas.map((quota, index) => standingOf(client, quota, { used: used[index] ?? 0, now }));
    return { client, keys, plan, planName: planText(policy, client.plan), quotas, now };
  });
  if (json) {
    return session.out(
      toJson({ ...viewOfClient(client), state: clientStateOf(client), keys, planInForce: plan.name, quotas }),
    );
  }
  const times = createTimes(session.screen, now);
  session.show(
    paintSheet(
      {
        ...entriesOf(client, { keys, times }),
        plan: planName,
        ...Object.fromEntries(plan.limits.map((limit) => [`limit ${limit.name}`, describeLimit(limit)])),
        ...Object.fromEntries(quotas.map((quota) => [`quota ${quota.name}`, quotaLine(quota)])),
      },
      session.screen,
    ),
  );
}

type Shown = { readonly keys: KeyCount; readonly times: Times };

function entriesOf(client: Client, { keys, times }: Shown): Readonly<Record<string, Piece>> {
  const { id, name, createdAt, disabledAt, metadata, limits } = client;
  return {
    id,
    name,
    state: stateOfClient(client),
    ...(disabledAt !== null && { disabled: `${times.inSheet(disabledAt)}; all its keys are refused` }),
    keys: `${keys.active} active, ${keys.total} in all`,
    created: times.inSheet(createdAt),
    metadata: JSON.stringify(metadata),
    ...(limits !== null && { "own limits": describeOverride(limits) }),
  };
}

function accountOf({ id }: Client, { name, period }: Quota, now: Instant) {
  return { clientId: id, quota: name, span: spanOf(period, now).name };
}

/** An override of the client takes precedence over its plan. */
function standingOf(
  { limits }: Client,
  { name, requests, period }: Quota,
  { used, now }: { readonly used: number; readonly now: Instant },
) {
  const isInForce = limits !== null && (limits.until === null || now < limits.until);
  const own = isInForce ? limits.set[name]?.requests : undefined;
  const allowed = own ?? requests;
  const remaining = Math.max(0, allowed - used);
  return { name, requests: allowed, used, remaining, endsAt: toTimestamp(spanOf(period, now).endsAt) };
}
