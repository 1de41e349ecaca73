import { setTimeout as wait } from "node:timers/promises";

const RETRY_EVERY_MS = 10;
const GIVE_UP_AFTER_MS = 5_000;

/**
 * Repeats `attempt` while it throws an error of which `isTemporary` says that another connection is in the way: it holds
 * a lock, or is in the middle of a checkpoint. It does not block the event loop. After five seconds it throws the last
 * error.
 */
export async function waitForLock<T>(
  attempt: () => T | Promise<T>,
  isTemporary: (error: unknown) => boolean,
): Promise<T> {
  for (let waitedMs = 0; ; waitedMs += RETRY_EVERY_MS) {
    try {
      return await attempt();
    } catch (error) {
      if (!isTemporary(error) || waitedMs >= GIVE_UP_AFTER_MS) throw error;
    }
    await wait(RETRY_EVERY_MS);
  }
}
