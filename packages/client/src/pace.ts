import { createBuckets } from "./buckets.ts";
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
  const buckets = createBuckets();
  let calls = 0;

  /** Waits for a unit of each limit, and takes them before any other call can. Returns the number of the call. */
  const takeUnits = async (state: OperationState, signal: AbortSignal) => {
    for (;;) {
      const waitMs = buckets.waitMsFor(state.names, clock.now(), longestWaitMs);
      if (waitMs === 0) break;
      await clock.wait(Math.ceil(waitMs * (1 + random() / 10)), signal);
    }
    buckets.take(state.names);
    state.inFlight++;
    state.last = ++calls;
    return state.last;
  };

  const learn = (standing: Standing, number: number) => {
    const sharing = [...operations.values()].filter(({ names }) => names.includes(standing.name));
    const inFlight = sharing.reduce((sum, state) => sum + state.inFlight, 0);
    const isOutOfDate = sharing.some(({ last }) => last > number);
    buckets.learn(standing, { now: clock.now(), inFlight, isOutOfDate });
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

/** What a response says about limits. After a refusal with `Retry-After`, the operation waits, whatever refused it. */
function standingsAfter({ headers, status }: Response, operation: string): readonly Standing[] {
  const resetMs = status === 429 ? retryAfterMs(headers) : undefined;
  if (!resetMs) return standingsOf(headers);
  return [...standingsOf(headers), { name: operation, remaining: 0, resetMs, unitMs: 1, burst: resetMs }];
}
