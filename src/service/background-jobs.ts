import type { ServiceActionDeps } from "../admin/actions.ts";
import { endIdleOverlaps } from "../admin/keys/end-idle-overlaps.ts";
import { finishBulkRevocations } from "../admin/keys/revoke-in-bulk.ts";
import type { Config } from "../config/config.ts";
import { repeat } from "../lib/async/repeat.ts";
import type { Log } from "../lib/log/log.ts";
import { systemTicks } from "../lib/time/clock.ts";
import { createLedger } from "../limits/ledger.ts";
import { createMemoryLimiter, type MemoryLimiter } from "../limits/memory-limiter.ts";
import { noteSeen } from "../store/database/store-state.ts";
import { createQuotaStore } from "../store/quotas.ts";
import { pruneUsage } from "../store/usage.ts";
import { FLUSH_EVERY_MS } from "./usage-recorder.ts";

/** What one process does for all that serve from a store. */
export type BackgroundJobs = {
  /** Exact, for it is the only one; limits are forgotten with the process, quotas are kept in the store. */
  readonly limiter: MemoryLimiter;
  readonly stop: () => Promise<void>;
  /** Before the store is closed: what has not ended by then fails, and is not told. */
  readonly abandon: () => void;
  /** How many units of quotas are not in the store: once everything has stopped, these are lost. */
  readonly unwritten: () => number;
};

/** Counts limits and quotas, lets old usage go, carries out revocations, and ends overlaps that have fallen silent. */
export function startBackgroundJobs(
  actions: ServiceActionDeps,
  { usageRetention }: Pick<Config, "usageRetention">,
  log: Log,
): BackgroundJobs {
  const { db, clock } = actions;
  const ledger = createLedger(createQuotaStore(db));
  let after = 0;
  const prune = async () => {
    if (!clock.isSettled()) return;
    after = await pruneUsage(db, usageRetention, clock.now(), after);
  };
  const startedAt = clock.now();
  let isStopping = false;
  const flush = repeat(FLUSH_EVERY_MS, log, "quotas cannot be written", () => ledger.flush(clock.now()));
  const beat = repeat(BEAT_EVERY_MS, log, "that the service runs cannot be noted", () =>
    noteSeen(db, clock.isSettled() ? clock.now() : undefined),
  );
  const jobs = [
    repeat(PRUNE_EVERY_MS, log, "old usage cannot be removed", prune),
    repeat(FINISH_EVERY_MS, log, "revocations cannot be carried out to their end", () =>
      finishBulkRevocations(actions, { isStopping: () => isStopping }),
    ),
    repeat(WATCH_EVERY_MS, log, "overlaps cannot be ended", async () => {
      if (clock.isSettled()) await endIdleOverlaps(actions, startedAt);
    }),
    beat,
    flush,
  ];
  return {
    limiter: createMemoryLimiter({ ticks: systemTicks, clock, ledger }),
    stop: async () => {
      isStopping = true;
      // All at once: none begins again while another one is waited for.
      await Promise.all(jobs.map((job) => job.stop()));
      await flush.attempt();
    },
    abandon: () => {
      for (const job of jobs) job.abandon();
    },
    unwritten: ledger.unwritten,
  };
}

/** All series are gone through, some at a time, again and again. */
const PRUNE_EVERY_MS = 1_000;

/** Whether a revocation of many keys, by whatever process, is still to be carried out is looked at so often. */
const FINISH_EVERY_MS = 1_000;

/** Up to when the service has run is noted so often: a clock that is behind that is not believed at the next start. */
const BEAT_EVERY_MS = 5_000;

/** Whether old secrets have fallen silent is looked at so often. */
const WATCH_EVERY_MS = 5_000;
