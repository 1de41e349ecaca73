import type { components } from "../contract/types.gen.ts";
import { createConcurrencyLimit } from "../lib/async/concurrency-limit.ts";
import { yieldToEventLoop } from "../lib/async/yield-to-event-loop.ts";
import { type Instant, toTimestamp } from "../lib/time/clock.ts";
import type { Database } from "../store/database/schema.ts";
import { readLatencies, readUsage, type UsageBounds, type UsageQuery } from "../store/usage-series.ts";
import { type Histogram, quantile } from "../usage/histogram.ts";
import { BUCKET_MS, countBuckets, type Series, startOf } from "../usage/series.ts";

/** For one answer of the service. The points are 1 MB, and made into text in one go; each takes two microseconds in all. */
export const SERVICE_BOUNDS: UsageBounds = { points: 10_000, counts: 1_000_000 };

/** The same for what any key may ask about itself. */
export const OWN_BOUNDS: UsageBounds = { points: 2_000, counts: 100_000 };

/** For the command line, which keeps no other request waiting. */
export const COMMAND_BOUNDS: UsageBounds = { points: 50_000, counts: Number.POSITIVE_INFINITY };

export type UsageOutcome =
  | { readonly kind: "read"; readonly usage: Omit<components["schemas"]["UsageReport"], "dropped"> }
  /** `from` does not lie before `to`. */
  | { readonly kind: "backwards" }
  /** More of them would be in the answer, or would have to be added up, than the bound allows. */
  | { readonly kind: "too-much"; readonly of: keyof UsageBounds; readonly most: number };

/** Reports wait for each other, so that a burst of them takes the memory of a few. */
const atOnce = createConcurrencyLimit(4);

/** What was counted, in series without gaps; with latencies where operations are told apart and nothing else. */
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
  // What is made of it, and the text of that, are another slice.
  await yieldToEventLoop();
  return { kind: "read", usage: { from: toTimestamp(startOf(bucket, from)), to: toTimestamp(to), bucket, series } };
}

function viewOfAll(series: readonly Series[], latencies: ReadonlyMap<string, Histogram>) {
  // They all have their points at the same instants.
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

/** A day, unless somebody says from when on. */
export function dayBefore(to: Instant): Instant {
  return to - BUCKET_MS.day;
}
