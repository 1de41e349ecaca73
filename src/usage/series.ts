import type { Instant } from "../lib/clock.ts";
import type { Counts } from "./event.ts";

export const BUCKETS = ["minute", "hour", "day"] as const;

export type Bucket = (typeof BUCKETS)[number];

export const BUCKET_MS: Readonly<Record<Bucket, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

export type Point = Counts & { readonly at: Instant };

export type Series = { readonly group: Readonly<Record<string, string>>; readonly points: readonly Point[] };

/** Where the bucket of `at` begins. Days are those of UTC. */
export function startOf(bucket: Bucket, at: Instant): Instant {
  return at - (at % BUCKET_MS[bucket]);
}

/** How many buckets there are from the one of `from` up to `to`, which is not in it. */
export function countBuckets(bucket: Bucket, from: Instant, to: Instant): number {
  return Math.max(0, Math.ceil((to - startOf(bucket, from)) / BUCKET_MS[bucket]));
}

const NOTHING: Counts = { requests: 0, cost: 0, bytesIn: 0, bytesOut: 0 };

/** Rows of each group as points without gaps: for charts, and for whoever adds up. */
export function toSeries(
  rows: readonly (Point & { readonly group: Readonly<Record<string, string>> })[],
  { bucket, from, to }: { readonly bucket: Bucket; readonly from: Instant; readonly to: Instant },
): readonly Series[] {
  const first = startOf(bucket, from);
  const length = countBuckets(bucket, from, to);
  const groups = Map.groupBy(rows, ({ group }) => JSON.stringify(group));
  return [...groups.values()].map((members) => {
    const byTime = new Map(members.map((row) => [row.at, row]));
    const points = Array.from({ length }, (_, index) => {
      const at = first + index * BUCKET_MS[bucket];
      const { requests, cost, bytesIn, bytesOut } = byTime.get(at) ?? NOTHING;
      return { at, requests, cost, bytesIn, bytesOut };
    });
    return { group: members[0]?.group ?? {}, points };
  });
}
