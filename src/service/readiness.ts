import type { KeySource } from "../auth/keyring.ts";
import type { TickSource } from "../lib/time/clock.ts";
import type { UsageEvent } from "../usage/event.ts";

/** Whether calls with a key can be served, judged by the outcomes of recent calls and by look-ups of its own. */
type Readiness = KeySource & {
  /** Counts a response. */
  readonly note: (event: Pick<UsageEvent, "keyId" | "code" | "operation">) => void;
  readonly isReady: () => Promise<boolean>;
};

/** The look-ups are those of the store; the service is given them with their failures remembered. */
type ReadinessDeps = KeySource & {
  /** Whether the store responds at all. */
  readonly isAlive: () => Promise<boolean>;
  readonly ticks: TickSource;
  /** Is this the operation that reports readiness? */
  readonly isReadinessCheck: (operationId: string) => boolean;
};

/** The length of the sliding window. */
export const WINDOW_MS = 10_000;
const SLOTS = 10;
const SLOT_MS = WINDOW_MS / SLOTS;

/**
 * At this share of failed calls in the window, the service is no longer ready. Fewer are tolerated: a damaged page of
 * the database may hold only a few keys.
 */
const TOLERATED_SHARE = 0.1;

/** How many of the keys whose look-up failed are looked up again. */
const MAX_RETRIED = 8;

/**
 * The service is not ready once a tenth of the recent calls with a key failed in the store. A proxy then sends it no more
 * calls, so it becomes ready again when the keys that failed last can be looked up.
 */
export function createReadiness({ isAlive, ticks, isReadinessCheck, ...source }: ReadinessDeps): Readiness {
  const recent = createRecentLookups(ticks);
  const watched = watchFailures(source);
  let isFailing = false;
  return {
    ...watched.source,
    note: ({ keyId, code, operation }) => {
      // Not the response of the readiness check itself: it would keep the service from becoming ready.
      if (code === "unavailable" && keyId === "" && !isReadinessCheck(operation)) recent.add("failed");
      else if (keyId !== "") recent.add("succeeded");
    },
    isReady: async () => {
      if (!(await isAlive())) return false;
      const { succeeded, failed } = recent.count();
      if (succeeded + failed > 0) isFailing = failed / (succeeded + failed) >= TOLERATED_SHARE;
      else if (isFailing) isFailing = !(await watched.retryFailed());
      return !isFailing;
    },
  };
}

/** Remembers the latest digests whose look-up failed. */
function watchFailures({ findByDigest, findNow }: KeySource) {
  const failed = new Set<string>();

  const remember = (digest: string) => {
    // Deleted first, so that it becomes the newest.
    failed.delete(digest);
    failed.add(digest);
    const [oldest] = failed;
    if (failed.size > MAX_RETRIED && oldest !== undefined) failed.delete(oldest);
  };

  const watched: KeySource["findByDigest"] = async (digest) => {
    try {
      const key = await findByDigest(digest);
      failed.delete(digest);
      return key;
    } catch (cause) {
      remember(digest);
      throw cause;
    }
  };

  const watchedNow: KeySource["findNow"] = (digest) => {
    try {
      const key = findNow?.(digest);
      if (key !== undefined) failed.delete(digest);
      return key;
    } catch (cause) {
      remember(digest);
      throw cause;
    }
  };

  return {
    source: { findByDigest: watched, findNow: watchedNow },
    /** Repeats the look-ups that failed. @returns whether all of them succeed now. */
    retryFailed: async () => {
      for (const digest of [...failed]) await watched(digest).catch(() => undefined);
      return failed.size === 0;
    },
  };
}

type Counts = { succeeded: number; failed: number };

/** Counts key look-ups over the last `WINDOW_MS`, in a ring of slots. */
function createRecentLookups(ticks: TickSource) {
  const slots = Array.from({ length: SLOTS }, () => ({
    since: Number.NEGATIVE_INFINITY,
    succeeded: 0,
    failed: 0,
  }));
  return {
    add: (outcome: keyof Counts) => {
      const since = Math.floor(ticks.now() / SLOT_MS) * SLOT_MS;
      const slot = slots[(since / SLOT_MS) % SLOTS];
      if (slot === undefined) return;
      if (slot.since !== since) Object.assign(slot, { since, succeeded: 0, failed: 0 });
      slot[outcome]++;
    },
    count: (): Readonly<Counts> => {
      const after = ticks.now() - WINDOW_MS;
      const sum = { succeeded: 0, failed: 0 };
      for (const { since, succeeded, failed } of slots) {
        if (since <= after) continue;
        sum.succeeded += succeeded;
        sum.failed += failed;
      }
      return sum;
    },
  };
}
