import type { Settings } from "./options.ts";
import { type Standing, standingsOf } from "./rate-limit.ts";
import { retryAfterMs } from "./retry-after.ts";

/** What is known of an operation. */
type FastPath = {
  /** The limits that count there: others do not hold it up. */
  names: readonly string[];
  /** Calls without an answer yet. */
  flying: number;
  /** The number of the last call; all calls are numbered in the order in which they went. */
  last: number;
};

/** What is believed to be left of a limit: at `at` there were `left` units, and since then one comes back in `unitMs`. */
type Bucket = { left: number; at: number; readonly unitMs: number; readonly burst: number };

/** Tells that a call has ended, with its answer if there was one. */
export type Land = (answer?: Response) => void;

/**
 * Keeps calls to the pace of their limits. Who is alone with a key is refused at most before the first answer, or where a
 * call costs more than what remains; else others may be quicker.
 */
export function createPace({ clock, random, longestWaitMs }: Settings) {
  const lanes = new Map<string, FastPath>();
  const buckets = new Map<string, Bucket>();
  let calls = 0;
  const bucketsOf = ({ names }: FastPath) => names.flatMap((name) => buckets.get(name) ?? []);

  const learn = ({ name, remaining, resetMs, unitMs, burst }: Standing, number: number) => {
    const now = clock.now();
    const sharing = [...lanes.values()].filter(({ names }) => names.includes(name));
    const others = sharing.reduce((sum, { flying }) => sum + flying, 0);
    // Nobody knows which of the others are counted in `remaining` already.
    const bucket = { left: remaining - others, at: remaining > 0 ? now : now + resetMs - unitMs, unitMs, burst };
    const known = buckets.get(name);
    // An answer that a later call has overtaken is out of date: of two beliefs the lower one is safe.
    if (known && sharing.some(({ last }) => last > number)) {
      refill(known, now);
      bucket.left = Math.min(bucket.left, known.left);
      bucket.at = remaining > 0 ? known.at : Math.max(bucket.at, known.at);
    }
    buckets.set(name, bucket);
  };

  return {
    /**
     * Waits for the turn of a call to `operation`; its end has to be told, whatever becomes of it. What would take longer
     * than the longest wait, such as next month's quota, is not waited for: the service says best how that stands.
     */
    turn: async (operation: string, signal: AbortSignal): Promise<Land> => {
      const lane = lanes.get(operation) ?? { names: [], flying: 0, last: 0 };
      lanes.set(operation, lane);
      for (;;) {
        const now = clock.now();
        const waits = bucketsOf(lane).map((bucket) => waitOf(refill(bucket, now), now));
        const waitMs = Math.max(0, ...waits.filter((ms) => ms <= longestWaitMs));
        if (waitMs === 0) break;
        await clock.wait(Math.ceil(waitMs * (1 + random() / 10)), signal);
      }
      for (const bucket of bucketsOf(lane)) bucket.left--;
      lane.flying++;
      const number = ++calls;
      lane.last = number;

      return (answer) => {
        lane.flying--;
        if (answer === undefined) return;
        const { headers, status } = answer;
        const standings = [...standingsOf(headers)];
        // Whatever refused, nobody needs to ask this operation before.
        const resetMs = status === 429 && retryAfterMs(headers);
        if (resetMs) standings.push({ name: operation, remaining: 0, resetMs, unitMs: 1, burst: resetMs });
        if (standings.length > 0) lane.names = standings.map(({ name }) => name);
        for (const standing of standings) learn(standing, number);
      };
    },
  };
}

/** Gives back what has come since. Into a full bucket nothing comes: from there on time counts anew. */
function refill(bucket: Bucket, now: number): Bucket {
  const units = Math.max(0, Math.floor((now - bucket.at) / bucket.unitMs));
  const isFull = bucket.left + units >= bucket.burst;
  bucket.left = isFull ? bucket.burst : bucket.left + units;
  bucket.at = isFull ? now : bucket.at + units * bucket.unitMs;
  return bucket;
}

/** Until there is one more, which somebody else may take: then it is asked again. */
function waitOf({ left, at, unitMs }: Bucket, now: number): number {
  // A fraction of a unit can be missing by rounding alone, and then no time seems to be.
  return left >= 1 ? 0 : Math.max(1, at + unitMs - now);
}
