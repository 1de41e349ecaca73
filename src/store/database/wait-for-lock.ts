import { setTimeout as wait } from "node:timers/promises";

const RETRY_EVERY_MS = 10;
const GIVE_UP_AFTER_MS = 5_000;

/**
 * Repeats `attempt` while it throws an error of which `isLocked` says that another connection holds a lock. It does not
 * block the event loop. After five seconds it throws the last error.
 */
export async function waitForLock<T>(attempt: () => T | Promise<T>, isLocked: (error: unknown) => boolean): Promise<T> {
  for (let waitedMs = 0; ; waitedMs += RETRY_EVERY_MS) {
    try {
      return await attempt();
    } catch (error) {
      if (!isLocked(error) || waitedMs >= GIVE_UP_AFTER_MS) throw error;
    }
    await wait(RETRY_EVERY_MS);
  }
}
