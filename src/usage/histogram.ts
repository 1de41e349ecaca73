/**
 * Durations in buckets whose bounds grow by 4 %, so that a quantile read off them is wrong by 2 % at most. Histograms of
 * any two spans can be added up, which quantiles cannot.
 */
export type Histogram = Readonly<Record<number, number>>;

const GROWTH = Math.log(1.04);
/** The first bucket holds everything up to here. */
const LEAST_MS = 0.01;
/** Four hours. */
const LAST_BUCKET = 530;

export function bucketOf(durationMs: number): number {
  if (!(durationMs > LEAST_MS)) return 0;
  return Math.min(LAST_BUCKET, Math.ceil(Math.log(durationMs / LEAST_MS) / GROWTH));
}

/** In milliseconds, what no duration in a bucket exceeds. */
export function upperBoundMs(bucket: number): number {
  return LEAST_MS * Math.exp(bucket * GROWTH);
}

/** The middle of a bucket, in its own measure. */
function middleOf(bucket: number): number {
  return bucket === 0 ? LEAST_MS : LEAST_MS * Math.exp((bucket - 0.5) * GROWTH);
}

/** In milliseconds, the duration that this share of all stays within; undefined where there are none. */
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

export function merged(histograms: readonly Histogram[]): Histogram {
  const sum: Record<number, number> = {};
  for (const histogram of histograms) {
    for (const [bucket, count] of Object.entries(histogram)) sum[Number(bucket)] = (sum[Number(bucket)] ?? 0) + count;
  }
  return sum;
}
