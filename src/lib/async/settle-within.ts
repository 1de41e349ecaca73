import { setTimeout as wait } from "node:timers/promises";

/** Resolves when `work` has succeeded or failed, but after `ms` at the latest; from then on its result is ignored. */
export async function settleWithin(ms: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  const timeout = wait(ms, undefined, { signal: timer.signal }).catch(() => {});
  await Promise.race([work.catch(() => {}), timeout]);
  timer.abort();
}
