import type { Standing } from "./rate-limit.ts";

/** An estimate of what is left of a limit: `left` units at `at`, and one more every `unitMs` since then. */
type Bucket = { left: number; at: number; readonly unitMs: number; readonly burst: number };

/** What else is known when a response arrives. */
type Circumstances = {
  readonly now: number;
  /** Other calls without a response. It is unknown which of them the response already includes, so assume none. */
  readonly inFlight: number;
  /** A response to a later call was faster. */
  readonly isOutOfDate: boolean;
};

/** The estimates of all limits, by name. */
export function createBuckets() {
  const buckets = new Map<string, Bucket>();
  const of = (names: readonly string[]) => names.flatMap((name) => buckets.get(name) ?? []);
  return {
    /** The time until there is a unit of each of these limits. Waits longer than `longestWaitMs` are skipped. */
    waitMsFor: (names: readonly string[], now: number, longestWaitMs: number): number => {
      const waits = of(names).map((bucket) => waitOf(refill(bucket, now), now));
      return Math.max(0, ...waits.filter((ms) => ms <= longestWaitMs));
    },
    take: (names: readonly string[]) => {
      for (const bucket of of(names)) bucket.left--;
    },
    learn: (standing: Standing, { now, inFlight, isOutOfDate }: Circumstances) => {
      const { name, remaining, resetMs, unitMs, burst } = standing;
      const bucket = { left: remaining - inFlight, at: remaining > 0 ? now : now + resetMs - unitMs, unitMs, burst };
      const known = buckets.get(name);
      buckets.set(name, known && isOutOfDate ? lowerOf(bucket, refill(known, now), remaining) : bucket);
    },
  };
}

/** The lower of two estimates is safe. */
function lowerOf(reported: Bucket, known: Bucket, remaining: number): Bucket {
  const at = remaining > 0 ? known.at : Math.max(reported.at, known.at);
  return { ...reported, left: Math.min(reported.left, known.left), at };
}

/** Adds the units that came back since `at`. A full bucket gains nothing, so its time starts again from `now`. */
function refill(bucket: Bucket, now: number): Bucket {
  const units = Math.max(0, Math.floor((now - bucket.at) / bucket.unitMs));
  const isFull = bucket.left + units >= bucket.burst;
  bucket.left = isFull ? bucket.burst : bucket.left + units;
  bucket.at = isFull ? now : bucket.at + units * bucket.unitMs;
  return bucket;
}

/** The time until the next unit. Another call may take it, so the caller has to check again after the wait. */
function waitOf({ left, at, unitMs }: Bucket, now: number): number {
  // Rounding alone can leave a fraction of a unit missing; then the time would be 0, so wait for at least 1 ms.
  return left >= 1 ? 0 : Math.max(1, at + unitMs - now);
}
