import type { Standing } from "./rate-limit.ts";

/** An estimate of what is left of a limit: `left` units at `at`, and one more every `unitMs` since then. */
export type Bucket = { left: number; at: number; readonly unitMs: number; readonly burst: number };

/** The estimate after a response. It is unknown which calls in flight `remaining` already includes, so assume none. */
export function toBucket({ remaining, resetMs, unitMs, burst }: Standing, inFlight: number, now: number): Bucket {
  return { left: remaining - inFlight, at: remaining > 0 ? now : now + resetMs - unitMs, unitMs, burst };
}

/** For a response that arrives after that of a later call, and is out of date: the lower of two estimates is safe. */
export function lowerOf(told: Bucket, known: Bucket, remaining: number, now: number): Bucket {
  refill(known, now);
  const at = remaining > 0 ? known.at : Math.max(told.at, known.at);
  return { ...told, left: Math.min(told.left, known.left), at };
}

/** Adds the units that came back since `at`. A full bucket gains nothing, so its time starts again from `now`. */
export function refill(bucket: Bucket, now: number): Bucket {
  const units = Math.max(0, Math.floor((now - bucket.at) / bucket.unitMs));
  const isFull = bucket.left + units >= bucket.burst;
  bucket.left = isFull ? bucket.burst : bucket.left + units;
  bucket.at = isFull ? now : bucket.at + units * bucket.unitMs;
  return bucket;
}

/** The time until the next unit. Another call may take it, so the caller has to check again after the wait. */
export function waitOf({ left, at, unitMs }: Bucket, now: number): number {
  // Rounding alone can leave a fraction of a unit missing; then the time would be 0, so wait for at least 1 ms.
  return left >= 1 ? 0 : Math.max(1, at + unitMs - now);
}
