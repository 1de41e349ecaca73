import type { ActionDeps } from "../../admin/actions.ts";
import { dayBefore, OWN_BOUNDS, readSeries, SERVICE_BOUNDS, type UsageOutcome } from "../../admin/read-usage.ts";
import { viewOfDecision } from "../../admin/views.ts";
import { type Instant, parseTimestamp, toTimestamp } from "../../lib/time/clock.ts";
import { findDecision } from "../../store/decisions.ts";
import { findKey } from "../../store/keys.ts";
import { listKeyUses as readKeyUses } from "../../store/usage/key-uses.ts";
import type { UsageQuery } from "../../store/usage/series.ts";
import { usageToCsv } from "../../usage/csv.ts";
import type { Grouping } from "../../usage/groupings.ts";
import type { Meter } from "../../usage/meter.ts";
import type { Bucket } from "../../usage/series.ts";
import type { Handler } from "../reply/handler.ts";
import { findFilterClient } from "./conventions/client-filter.ts";
import { invalidParameter, MUST_BE_TIMESTAMP } from "./conventions/invalid-input.ts";
import { KEY_UNKNOWN } from "./key-lifecycle.ts";

export type UsageDeps = Pick<ActionDeps, "db" | "clock"> & { readonly meter: Meter };

export const getUsage =
  ({ db, clock, meter }: UsageDeps): Handler<"getUsage"> =>
  async ({ query, accept }) => {
    const { clientId, keyId, operation, environment, code, bucket, groupBy = [] } = query;
    const range = toTimeRange(query, clock.now());
    if ("problem" in range) return range;
    const client = await findFilterClient(db, clientId);
    if ("problem" in client) return client;
    const where = withoutUndefined({ client: client.clientId, key: keyId, operation, environment, code });
    const outcome = await readSeries(db, { ...range, bucket, groupBy, where }, SERVICE_BOUNDS);
    return toReply(outcome, { groupBy, isCsv: isCsv(query.format, accept), dropped: meter.dropped() });
  };

export const getOwnUsage =
  ({ db, clock, meter }: UsageDeps): Handler<"getOwnUsage"> =>
  async ({ query, accept, key }) => {
    const { bucket, groupBy = [] } = query;
    const range = toTimeRange(query, clock.now());
    if ("problem" in range) return range;
    const outcome = await readSeries(db, { ...range, bucket, groupBy, where: { key: key.id } }, OWN_BOUNDS);
    return toReply(outcome, { groupBy, isCsv: isCsv(query.format, accept), dropped: meter.dropped() });
  };

/** How many uses are listed, the latest first. */
const MAX_USES = 100;

export const listKeyUses =
  ({ db }: Pick<ActionDeps, "db">): Handler<"listKeyUses"> =>
  async ({ path }) => {
    if ((await findKey(db, path.keyId)) === undefined) return KEY_UNKNOWN;
    const uses = await readKeyUses(db, path.keyId, MAX_USES);
    const items = uses.map(({ operation, network, at, requests }) => ({
      operation,
      network,
      lastUsedAt: toTimestamp(at),
      requests,
    }));
    return { status: 200, body: { items } };
  };

export const getDecision =
  ({ db }: Pick<ActionDeps, "db">): Handler<"getDecision"> =>
  async ({ path }) => {
    const decision = await findDecision(db, path.requestId);
    if (decision === undefined) return DECISION_UNKNOWN;
    return { status: 200, body: viewOfDecision(decision) };
  };

const DECISION_UNKNOWN = {
  problem: "not-found",
  detail: "No refused request with this id is stored; check the id, or search the log of the service.",
} as const;

function toTimeRange(query: { readonly from?: string; readonly to?: string; readonly bucket: Bucket }, now: Instant) {
  const to = query.to === undefined ? now : parseTimestamp(query.to);
  if (to === undefined) return invalidParameter("to", MUST_BE_TIMESTAMP);
  const from = query.from === undefined ? dayBefore(to) : parseTimestamp(query.from);
  return from === undefined ? invalidParameter("from", MUST_BE_TIMESTAMP) : { from, to };
}

function withoutUndefined(where: Readonly<Record<string, string | undefined>>): UsageQuery["where"] {
  return Object.fromEntries(Object.entries(where).filter(([, value]) => value !== undefined));
}

function isCsv(format: "json" | "csv" | undefined, accept: string | undefined): boolean {
  return format === undefined ? /^\s*text\/csv\b/i.test(accept ?? "") : format === "csv";
}

type SeriesFormat = { readonly groupBy: readonly Grouping[]; readonly isCsv: boolean; readonly dropped: number };

function toReply(outcome: UsageOutcome, { groupBy, isCsv, dropped }: SeriesFormat) {
  switch (outcome.kind) {
    case "backwards":
      return invalidParameter("from", "must be before to");
    case "too-much":
      return invalidParameter(
        "bucket",
        outcome.of === "points"
          ? `leads to more than ${outcome.most} points: use longer buckets, a shorter time, or fewer groups`
          : `leads to more than ${outcome.most} counts to add up: use longer buckets, a shorter time, or one client or key`,
      );
    case "read":
      return isCsv
        ? ({ status: 200, body: usageToCsv(outcome.usage, groupBy), mediaType: "text/csv" } as const)
        : ({ status: 200, body: { ...outcome.usage, dropped } } as const);
  }
}
