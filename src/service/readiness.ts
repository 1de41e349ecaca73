import type { KeyFinder } from "../auth/identify.ts";
import type { TickSource, Ticks } from "../lib/time/clock.ts";
import type { UsageEvent } from "../usage/event.ts";

/** Whether calls with a key get an answer: by what they got of late, and by a look of our own. */
export type Readiness = {
  /** The look-up of the store, watched. */
  readonly findByDigest: KeyFinder["findByDigest"];
  /** Told every answer. */
  readonly note: (event: Pick<UsageEvent, "keyId" | "code" | "operation">) => void;
  readonly isReady: () => Promise<boolean>;
};

export type ReadinessDeps = {
  readonly findByDigest: KeyFinder["findByDigest"];
  /** Does the store answer at all? */
  readonly isAlive: () => Promise<boolean>;
  readonly ticks: TickSource;
};

/** So far back an answer counts. */
export const WINDOW_MS = 10_000;
/** Of the calls in the window so many may fail for the store: a damaged page may hold the keys of a few. */
export const TOLERATED_SHARE = 0.1;
/** So many of the keys that could not be looked up are looked up again. */
const MOST_FAILED = 8;
const SLOTS = 10;

/**
 * Not ready once a tenth of the calls with a key find the store not answering. A service that gets no calls for it, as
 * proxies do with one that is not ready, is ready again when the keys that failed last can be looked up.
 */
export function createReadiness({ findByDigest, isAlive, ticks }: ReadinessDeps): Readiness {
  const recent = createLruCache(ticks);
  const failed = new Set<string>();
  let isFailing = false;

  const watched: KeyFinder["findByDigest"] = async (digest) => {
    try {
      const key = await findByDigest(digest);
      failed.delete(digest);
      return key;
    } catch (cause) {
      failed.delete(digest);
      failed.add(digest);
      const [oldest] = failed;
      if (failed.size > MOST_FAILED && oldest !== undefined) failed.delete(oldest);
      throw cause;
    }
  };

  /** Can all keys be looked up that could not be? */
  const isMended = async () => {
    for (const digest of [...failed]) await watched(digest).catch(() => undefined);
    return failed.size === 0;
  };

  return {
    findByDigest: watched,
    note: ({ keyId, code, operation }) => {
      // Who asks whether we are ready is no call, and would hear an echo.
      if (code === "unavailable" && keyId === "" && operation !== "getReadiness") recent.add("failed");
      else if (keyId !== "") recent.add("answered");
    },
    isReady: async () => {
      if (!(await isAlive())) return false;
      const { answered, failed: missed } = recent.count();
      if (answered + missed > 0) isFailing = missed / (answered + missed) >= TOLERATED_SHARE;
      else if (isFailing) isFailing = !(await isMended());
      return !isFailing;
    },
  };
}

type Counts = { answered: number; failed: number };

/** Counts over the last `WINDOW_MS`, in slots that are used again and again. */
function createLruCache(ticks: TickSource) {
  const slotMs = WINDOW_MS / SLOTS;
  const slots = Array.from({ length: SLOTS }, () => ({
    since: Number.NEGATIVE_INFINITY as Ticks,
    answered: 0,
    failed: 0,
  }));

  return {
    add: (outcome: keyof Counts) => {
      const since = Math.floor(ticks.now() / slotMs) * slotMs;
      const slot = slots[(since / slotMs) % SLOTS];
      if (slot === undefined) return;
      if (slot.since !== since) Object.assign(slot, { since, answered: 0, failed: 0 });
      slot[outcome]++;
    },
    count: (): Counts => {
      const after = ticks.now() - WINDOW_MS;
      const sum = { answered: 0, failed: 0 };
      for (const { since, answered, failed } of slots) {
        if (since <= after) continue;
        sum.answered += answered;
        sum.failed += failed;
      }
      return sum;
    },
  };
}
