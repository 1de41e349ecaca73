import type { Log } from "../log/log.ts";

/** Does `work` again and again, never twice at a time; what fails is told once, and tried again. */
export function repeat(everyMs: number, log: Log, complaint: string, work: () => Promise<void>) {
  let isFailing = false;
  let isAbandoned = false;
  let current = Promise.resolve();
  const attempt = async () => {
    try {
      await work();
      isFailing = false;
    } catch (cause) {
      if (!isFailing && !isAbandoned) log.error({ err: cause }, complaint);
      isFailing = true;
    }
  };
  const timer = setInterval(() => {
    current = current.then(attempt);
  }, everyMs).unref();
  return {
    attempt,
    /** Ends when what is under way has ended. */
    stop: () => {
      clearInterval(timer);
      return current;
    },
    /** What is under way is not waited for any more, and what it needs is about to be closed: how it ends is not told. */
    abandon: () => {
      clearInterval(timer);
      isAbandoned = true;
    },
  };
}
