import type { Instant } from "../lib/time/clock.ts";
import type { Counts } from "./event.ts";

export const BUCKETS = ["minute", "hour", "day"] as const;

export type Bucket = (typeof BUCKETS)[number];

export const BUCKET_MS: Readonly<Record<Bucket, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

export type Point = Counts & { readonly at: Instant };

export type Series = { readonly group: Readonly<Record<string, string>>; readonly points: readonly Point[] };

/** The start of the bucket that contains `at`. Days are UTC days. */
export function startOf(bucket: Bucket, at: Instant): Instant {
  return at - (at % BUCKET_MS[bucket]);
}

/** The number of buckets from the one that contains `from` up to `to` (exclusive). */
export function countBuckets(bucket: Bucket, from: Instant, to: Instant): number {
  return Math.max(0, Math.ceil((to - startOf(bucket, from)) / BUCKET_MS[bucket]));
}

type TimeRange = { readonly bucket: Bucket; readonly from: Instant; readonly to: Instant };

type Group = Readonly<Record<string, string>>;

/** Adds counts up into series without gaps, one per group. */
export type SeriesSum = {
  readonly add: (group: Group, at: Instant, counts: Counts) => void;
  /** The number of points in all series. */
  readonly points: () => number;
  readonly toSeries: () => readonly Series[];
};

export function createSeriesSum({ bucket, from, to }: TimeRange): SeriesSum {
  const first = startOf(bucket, from);
  const length = countBuckets(bucket, from, to);
  const sums = new Map<string, { readonly group: Group; readonly points: Point[] }>();
  // Rows of one series share one group object, so its name is composed once only.
  const byGroup = new WeakMap<Group, Point[]>();

  const pointsOf = (group: Group) => {
    const known = byGroup.get(group);
    if (known !== undefined) return known;
    const name = JSON.stringify(group);
    const sum = sums.get(name) ?? { group, points: emptyPoints(first, length, BUCKET_MS[bucket]) };
    sums.set(name, sum);
    byGroup.set(group, sum.points);
    return sum.points;
  };

  return {
    add: (group, at, { requests, cost, bytesIn, bytesOut }) => {
      const point = pointsOf(group)[(at - first) / BUCKET_MS[bucket]];
      if (point === undefined) return;
      point.requests += requests;
      point.cost += cost;
      point.bytesIn += bytesIn;
      point.bytesOut += bytesOut;
    },
    points: () => sums.size * length,
    // Sorted, so that the order does not depend on the order of reading.
    toSeries: () => [...sums].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, series]) => series),
  };
}

function emptyPoints(first: Instant, length: number, spanMs: number): Point[] {
  return Array.from({ length }, (_, index) => ({
    at: first + index * spanMs,
    requests: 0,
    cost: 0,
    bytesIn: 0,
    bytesOut: 0,
  }));
}
