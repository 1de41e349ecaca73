import { type Bucket, lowerOf, refill, toBucket, waitOf } from "./bucket.ts";
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

/** Reports that a call has ended, with its response if there was one. */
export type EndCall = (response?: Response) => void;

/**
 * Keeps calls within their limits. A client that does not share its key can be refused only before its first response,
 * or if a call costs more than what is left. Clients that share a key can use up each other's units. A wait longer than
 * `longestWaitMs`, such as for next month's quota, is skipped: the service itself refuses the call.
 */
export function createPace({ clock, random, longestWaitMs }: Settings) {
  const operations = new Map<string, OperationState>();
  const buckets = new Map<string, Bucket>();
  let calls = 0;
  const bucketsOf = ({ names }: OperationState) => names.flatMap((name) => buckets.get(name) ?? []);

  /** Waits for a unit of each limit, and takes them before any other call can. Returns the number of the call. */
  const takeUnits = async (state: OperationState, signal: AbortSignal) => {
    for (;;) {
      const waitMs = waitMsOf(bucketsOf(state), clock.now(), longestWaitMs);
      if (waitMs === 0) break;
      await clock.wait(Math.ceil(waitMs * (1 + random() / 10)), signal);
    }
    for (const bucket of bucketsOf(state)) bucket.left--;
    state.inFlight++;
    state.last = ++calls;
    return state.last;
  };

  const learn = (standing: Standing, number: number) => {
    const now = clock.now();
    const sharing = [...operations.values()].filter(({ names }) => names.includes(standing.name));
    const bucket = toBucket(
      standing,
      sharing.reduce((sum, { inFlight }) => sum + inFlight, 0),
      now,
    );
    const known = buckets.get(standing.name);
    const isOutOfDate = sharing.some(({ last }) => last > number);
    buckets.set(standing.name, known && isOutOfDate ? lowerOf(bucket, known, standing.remaining, now) : bucket);
  };

  return {
    /** Waits until a call to `operation` may be sent. The caller must report the end of the call in every case. */
    turn: async (operation: string, signal: AbortSignal): Promise<EndCall> => {
      const state = operations.get(operation) ?? { names: [], inFlight: 0, last: 0 };
      operations.set(operation, state);
      const number = await takeUnits(state, signal);
      return (response) => {
        state.inFlight--;
        const standings = response === undefined ? [] : standingsAfter(response, operation);
        if (standings.length > 0) state.names = standings.map(({ name }) => name);
        for (const standing of standings) learn(standing, number);
      };
    },
  };
}

/** The time until there is a unit of each limit. */
function waitMsOf(buckets: readonly Bucket[], now: number, longestWaitMs: number): number {
  const waits = buckets.map((bucket) => waitOf(refill(bucket, now), now));
  return Math.max(0, ...waits.filter((ms) => ms <= longestWaitMs));
}

/** What a response says about limits. After a refusal with `Retry-After`, the operation waits, whatever refused it. */
function standingsAfter({ headers, status }: Response, operation: string): readonly Standing[] {
  const resetMs = status === 429 ? retryAfterMs(headers) : undefined;
  if (!resetMs) return standingsOf(headers);
  return [...standingsOf(headers), { name: operation, remaining: 0, resetMs, unitMs: 1, burst: resetMs }];
}
