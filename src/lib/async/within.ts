import { setTimeout as wait } from "node:timers/promises";

/** Resolves when `work` has ended, in whichever way, or after `ms`: then it goes on, and its end no longer matters. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const timeout = wait(ms, undefined, { signal: over.signal }).catch(() => {});
  await Promise.race([work.catch(() => {}), timeout]);
  over.abort();
}
