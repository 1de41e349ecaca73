import type { Log } from "../log/log.ts";

/**
 * Runs `work` periodically, never twice at a time. The first failure in a row is logged as `message`; the next run
 * tries again.
 */
export function repeat(everyMs: number, log: Log, message: string, work: () => Promise<void>) {
  let isFailing = false;
  let isAbandoned = false;
  let current = Promise.resolve();
  const attempt = async () => {
    try {
      await work();
      isFailing = false;
    } catch (cause) {
      if (!isFailing && !isAbandoned) log.error({ err: cause }, message);
      isFailing = true;
    }
  };
  const timer = setInterval(() => {
    current = current.then(attempt);
  }, everyMs).unref();
  return {
    /** Runs `work` now. */
    attempt,
    /** Starts no further run. @returns when the current one has ended. */
    stop: () => {
      clearInterval(timer);
      return current;
    },
    /** Starts no further run, and no longer logs failures: what the current run needs is about to be closed. */
    abandon: () => {
      clearInterval(timer);
      isAbandoned = true;
    },
  };
}
