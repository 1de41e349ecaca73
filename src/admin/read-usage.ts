import type { components } from "../contract/types.gen.ts";
import { createConcurrencyLimit } from "../lib/async/concurrency-limit.ts";
import { yieldToEventLoop } from "../lib/async/yield-to-event-loop.ts";
import { type Instant, toTimestamp } from "../lib/time/clock.ts";
import type { Database } from "../store/database/schema.ts";
import { readLatencies } from "../store/usage/latencies.ts";
import { readUsage, type UsageBounds, type UsageQuery } from "../store/usage/series.ts";
import { type Histogram, quantile } from "../usage/histogram.ts";
import { BUCKET_MS, countBuckets, type Series, startOf } from "../usage/series.ts";

/** For a response of the service. 10,000 points are 1 MB and are serialized at once, two microseconds each. */
export const SERVICE_BOUNDS: UsageBounds = { points: 10_000, counts: 1_000_000 };

/** For the report that any key may request about itself. */
export const OWN_BOUNDS: UsageBounds = { points: 2_000, counts: 100_000 };

/** For the command line, which delays no other request. */
export const COMMAND_BOUNDS: UsageBounds = { points: 50_000, counts: Number.POSITIVE_INFINITY };

export type UsageOutcome =
  | { readonly kind: "read"; readonly usage: Omit<components["schemas"]["UsageReport"], "dropped"> }
  /** `from` is not before `to`. */
  | { readonly kind: "backwards" }
  /** The report would have more points, or add up more counts, than the bound allows. */
  | { readonly kind: "too-much"; readonly of: keyof UsageBounds; readonly most: number };

/** A burst of reports waits, so that it takes the memory of a few. */
const atOnce = createConcurrencyLimit(4);

/** Usage as series without gaps. It has latencies when it is grouped by operation only, without a filter. */
export async function readSeries(db: Database, query: UsageQuery, most: UsageBounds): Promise<UsageOutcome> {
  const { from, to, bucket } = query;
  if (from >= to) return { kind: "backwards" };
  if (countBuckets(bucket, from, to) > most.points) return { kind: "too-much", of: "points", most: most.points };
  return atOnce(() => read(db, query, most));
}

async function read(db: Database, query: UsageQuery, most: UsageBounds): Promise<UsageOutcome> {
  const { from, to, bucket, groupBy, where } = query;
  const { sum, counts } = await readUsage(db, query, most);
  if (sum.points() > most.points) return { kind: "too-much", of: "points", most: most.points };
  if (counts > most.counts) return { kind: "too-much", of: "counts", most: most.counts };

  const isOfOperations = groupBy.join() === "operation" && Object.keys(where).length === 0;
  const latencies = isOfOperations ? await readLatencies(db, from, to) : new Map<string, Histogram>();
  await yieldToEventLoop();
  const series = viewOfAll(sum.toSeries(), latencies);
  // The caller makes the response and its text from it: another slice of work.
  await yieldToEventLoop();
  return { kind: "read", usage: { from: toTimestamp(startOf(bucket, from)), to: toTimestamp(to), bucket, series } };
}

function viewOfAll(series: readonly Series[], latencies: ReadonlyMap<string, Histogram>) {
  // All series have their points at the same instants.
  const instants = series[0]?.points.map(({ at }) => toTimestamp(at)) ?? [];
  return series.map(({ group, points }) => {
    const histogram = latencies.get(group["operation"] ?? "");
    return {
      group: { ...group },
      points: points.map((point, index) => ({ ...point, at: instants[index] ?? toTimestamp(point.at) })),
      ...(histogram && { latencyMs: viewOfLatency(histogram) }),
    };
  });
}

function viewOfLatency(histogram: Histogram): components["schemas"]["Latency"] {
  const at = (share: number) => Math.round((quantile(histogram, share) ?? 0) * 1000) / 1000;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** The default start of a report: a day before its end. */
export function dayBefore(to: Instant): Instant {
  return to - BUCKET_MS.day;
}
