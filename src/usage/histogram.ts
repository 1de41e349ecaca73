/**
 * How many durations fell into each bucket. The bounds of buckets grow by 4 %, so that a quantile is off by 2 % at
 * most. Unlike quantiles, the histograms of any two periods can be added up.
 */
export type Histogram = Readonly<Record<number, number>>;

/** A histogram that is still being added to. */
export type GrowingHistogram = Record<number, number>;

const GROWTH = Math.log(1.04);
/** The upper bound of the first bucket. */
const LEAST_MS = 0.01;
/** Its upper bound is about three hours; it holds everything longer, too. */
const LAST_BUCKET = 530;

/** The bucket that a duration falls into; what is not a positive number falls into the first. */
export function bucketOf(durationMs: number): number {
  if (!(durationMs > LEAST_MS)) return 0;
  return Math.min(LAST_BUCKET, Math.ceil(Math.log(durationMs / LEAST_MS) / GROWTH));
}

/** The upper bound of a bucket, in milliseconds. */
export function upperBoundMs(bucket: number): number {
  return LEAST_MS * Math.exp(bucket * GROWTH);
}

/** The geometric middle of a bucket, in milliseconds. */
function middleOf(bucket: number): number {
  return bucket === 0 ? LEAST_MS : LEAST_MS * Math.exp((bucket - 0.5) * GROWTH);
}

/** The duration, in milliseconds, that a `share` of all durations does not exceed; undefined for an empty histogram. */
export function quantile(histogram: Histogram, share: number): number | undefined {
  const entries = Object.entries(histogram).map(([bucket, count]) => [Number(bucket), count] as const);
  const total = entries.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return undefined;
  const rank = Math.max(1, Math.ceil(share * total));
  let passed = 0;
  for (const [bucket, count] of entries.toSorted(([one], [other]) => one - other)) {
    passed += count;
    if (passed >= rank) return middleOf(bucket);
  }
  return middleOf(LAST_BUCKET);
}

/** Adds `count` durations of one bucket. */
export function addToHistogram(histogram: GrowingHistogram, bucket: number, count: number) {
  histogram[bucket] = (histogram[bucket] ?? 0) + count;
}

/** The sum of histograms. */
export function merged(histograms: readonly Histogram[]): Histogram {
  const sum: GrowingHistogram = {};
  for (const histogram of histograms) {
    for (const [bucket, count] of Object.entries(histogram)) addToHistogram(sum, Number(bucket), count);
  }
  return sum;
}
