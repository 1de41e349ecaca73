import type { Settings } from "./options.ts";
import { type Standing, standingsOf } from "./rate-limit.ts";
import { retryAfterMs } from "./retry-after.ts";

/** What is known about an operation. */
type OperationState = {
  /** The limits that apply to it. */
  names: readonly string[];
  /** Calls without a response yet. */
  inFlight: number;
  /** The number of its last call. All calls are numbered in the order in which they were sent. */
  last: number;
};

/** An estimate of what is left of a limit: `left` units at `at`, and one more every `unitMs` since then. */
type Bucket = { left: number; at: number; readonly unitMs: number; readonly burst: number };

/** Reports that a call has ended, with its response if there was one. */
export type EndCall = (response?: Response) => void;

/**
 * Keeps calls within their limits. A client that does not share its key can be refused only before its first response,
 * or if a call costs more than what is left. Clients that share a key can use up each other's units.
 */
export function createPace({ clock, random, longestWaitMs }: Settings) {
  const operations = new Map<string, OperationState>();
  const buckets = new Map<string, Bucket>();
  let calls = 0;
  const bucketsOf = ({ names }: OperationState) => names.flatMap((name) => buckets.get(name) ?? []);

  const learn = ({ name, remaining, resetMs, unitMs, burst }: Standing, number: number) => {
    const now = clock.now();
    const sharing = [...operations.values()].filter(({ names }) => names.includes(name));
    const others = sharing.reduce((sum, { inFlight }) => sum + inFlight, 0);
    // It is unknown which of the other calls `remaining` already includes, so assume none.
    const bucket = { left: remaining - others, at: remaining > 0 ? now : now + resetMs - unitMs, unitMs, burst };
    const known = buckets.get(name);
    // A response that arrives after that of a later call is out of date. The lower of two estimates is safe.
    if (known && sharing.some(({ last }) => last > number)) {
      refill(known, now);
      bucket.left = Math.min(bucket.left, known.left);
      bucket.at = remaining > 0 ? known.at : Math.max(bucket.at, known.at);
    }
    buckets.set(name, bucket);
  };

  return {
    /**
     * Waits until a call to `operation` may be sent. The caller must report the end of the call in every case. A wait
     * longer than `longestWaitMs`, such as for next month's quota, is skipped: the service itself refuses the call.
     */
    turn: async (operation: string, signal: AbortSignal): Promise<EndCall> => {
      const state = operations.get(operation) ?? { names: [], inFlight: 0, last: 0 };
      operations.set(operation, state);
      for (;;) {
        const now = clock.now();
        const waits = bucketsOf(state).map((bucket) => waitOf(refill(bucket, now), now));
        const waitMs = Math.max(0, ...waits.filter((ms) => ms <= longestWaitMs));
        if (waitMs === 0) break;
        await clock.wait(Math.ceil(waitMs * (1 + random() / 10)), signal);
      }
      for (const bucket of bucketsOf(state)) bucket.left--;
      state.inFlight++;
      const number = ++calls;
      state.last = number;

      return (response) => {
        state.inFlight--;
        if (response === undefined) return;
        const { headers, status } = response;
        const standings = [...standingsOf(headers)];
        // Whatever refused the call: do not call this operation again before the end of the wait.
        const resetMs = status === 429 && retryAfterMs(headers);
        if (resetMs) standings.push({ name: operation, remaining: 0, resetMs, unitMs: 1, burst: resetMs });
        if (standings.length > 0) state.names = standings.map(({ name }) => name);
        for (const standing of standings) learn(standing, number);
      };
    },
  };
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
