import type { components } from "../contract/types.gen.ts";
import { type Instant, toTimestamp } from "../lib/clock.ts";
import type { Database } from "../store/schema.ts";
import { readLatencies, readUsage, type UsageQuery } from "../store/usage.ts";
import { type Histogram, quantile } from "../usage/histogram.ts";
import { BUCKET_MS, countBuckets, type Series, startOf } from "../usage/series.ts";

/** Of one answer at most; each is some eighty bytes. */
export const MOST_POINTS = 50_000;

export type UsageOutcome =
  | { readonly kind: "read"; readonly usage: Omit<components["schemas"]["UsageReport"], "dropped"> }
  /** `from` does not lie before `to`. */
  | { readonly kind: "backwards" }
  | { readonly kind: "too-much"; readonly points: number };

/** What was counted, in series without gaps; with latencies where operations are told apart and nothing else. */
export async function readSeries(db: Database, query: UsageQuery): Promise<UsageOutcome> {
  const { from, to, bucket, groupBy, where } = query;
  if (from >= to) return { kind: "backwards" };
  const length = countBuckets(bucket, from, to);
  if (length > MOST_POINTS) return { kind: "too-much", points: length };
  const sum = await readUsage(db, query, MOST_POINTS);
  if (sum.points() > MOST_POINTS) return { kind: "too-much", points: sum.points() };

  const isOfOperations = groupBy.join() === "operation" && Object.keys(where).length === 0;
  const latencies = isOfOperations ? await readLatencies(db, from, to) : new Map<string, Histogram>();
  return {
    kind: "read",
    usage: {
      from: toTimestamp(startOf(bucket, from)),
      to: toTimestamp(to),
      bucket,
      series: sum.toSeries().map((one) => viewOfSeries(one, latencies)),
    },
  };
}

function viewOfSeries({ group, points }: Series, latencies: ReadonlyMap<string, Histogram>) {
  const histogram = latencies.get(group["operation"] ?? "");
  return {
    group: { ...group },
    points: points.map((point) => ({ ...point, at: toTimestamp(point.at) })),
    ...(histogram && { latencyMs: viewOfLatency(histogram) }),
  };
}

function viewOfLatency(histogram: Histogram): components["schemas"]["Latency"] {
  const at = (share: number) => Math.round((quantile(histogram, share) ?? 0) * 1000) / 1000;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** A day, unless somebody says from when on. */
export function dayBefore(to: Instant): Instant {
  return to - BUCKET_MS.day;
}
