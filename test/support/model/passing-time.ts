import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../../packages/client/src/clock.ts";

type Sleeper = { readonly at: number; readonly wake: () => void };

/** Time in which nothing takes long: as soon as everybody waits, it passes to when the first one has waited enough. */
export function passingTime() {
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
      // Whoever can go on without a wait does so first.
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
    /** How long somebody wanted to wait, each time. */
    waits,
    pass: (ms: number) => {
      now += ms;
    },
    /** Lets time pass until `work` is done, and settles as it does. */
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
