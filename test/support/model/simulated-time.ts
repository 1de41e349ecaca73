import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../../packages/client/src/clock.ts";

type Sleeper = { readonly at: number; readonly wake: () => void };

/** Time without real waits: as soon as all callers wait, it jumps to the end of the shortest wait. */
export function simulatedTime() {
  let now = 1_000_000;
  const sleepers: Sleeper[] = [];
  const waits: number[] = [];
  const clock: Clock = {
    now: () => now,
    wait: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        signal.addEventListener("abort", () => reject(signal.reason));
        waits.push(ms);
        sleepers.push({ at: now + ms, wake: resolve });
      }),
  };
  const passUntil = async (isOver: () => boolean) => {
    while (!isOver()) {
      // Callers that need no wait run first.
      await setImmediate();
      if (sleepers.length === 0) continue;
      now = Math.max(now, Math.min(...sleepers.map(({ at }) => at)));
      for (const sleeper of sleepers.filter(({ at }) => at <= now)) {
        sleepers.splice(sleepers.indexOf(sleeper), 1);
        sleeper.wake();
      }
    }
  };
  return {
    clock,
    /** How long each wait was meant to be. */
    waits,
    pass: (ms: number) => {
      now += ms;
    },
    /** Lets time pass until `work` is done, and returns its result. */
    during: async <T>(work: Promise<T>): Promise<T> => {
      let isOver = false;
      const end = () => {
        isOver = true;
      };
      work.then(end, end);
      await passUntil(() => isOver);
      return work;
    },
  };
}
