import type { ServiceActionDeps } from "../admin/actions.ts";
import { endIdleOverlaps } from "../admin/keys/end-idle-overlaps.ts";
import { finishBulkRevocations } from "../admin/keys/revoke-in-bulk.ts";
import type { Config } from "../config/config.ts";
import { repeat } from "../lib/async/repeat.ts";
import type { Log } from "../lib/log/log.ts";
import { systemClock, systemTicks } from "../lib/time/clock.ts";
import { createLedger } from "../limits/ledger.ts";
import { createMemoryLimiter, type MemoryLimiter } from "../limits/memory-limiter.ts";
import { noteSeen } from "../store/database/store-state.ts";
import { createQuotaStore } from "../store/quotas.ts";
import { foldUsage } from "../store/usage/journal.ts";
import { pruneUsage } from "../store/usage/prune-usage.ts";
import type { Writer } from "./orderly-stop.ts";
import { FLUSH_EVERY_MS } from "./usage-recorder.ts";

/** Work that one process does for all processes that serve from a store. `unwritten` counts units of quotas. */
export type BackgroundJobs = Writer & {
  /** The only limiter, and therefore exact. Limits live in its memory, quotas in the store. */
  readonly limiter: MemoryLimiter;
};

/** Each run prunes the old usage of a part of all series. */
const PRUNE_EVERY_MS = 1_000;

/** How often the journal of usage is added to the tables that reports read. A report does that first, too. */
const FOLD_EVERY_MS = 10_000;

/** How often revocations of many keys, begun by any process, are continued. */
const FINISH_EVERY_MS = 1_000;

/** How often the store notes that the service runs: at the next start, an earlier wall clock is wrong. */
const BEAT_EVERY_MS = 5_000;

/** How often rotated keys are checked for use of their old secret. */
const WATCH_EVERY_MS = 5_000;

/** Counts limits and quotas, adds up and prunes usage, finishes revocations, and ends overlaps whose old secret is no longer used. */
export function startBackgroundJobs(
  actions: ServiceActionDeps,
  { usageRetention }: Pick<Config, "usageRetention">,
  log: Log,
): BackgroundJobs {
  const { db, clock } = actions;
  const ledger = createLedger(createQuotaStore(db));
  const flush = repeat(FLUSH_EVERY_MS, log, "quotas cannot be written", () => ledger.flush(clock.now()));
  const stopping = new AbortController();
  const jobs = [...startMaintenance(actions, usageRetention, { log, stopping: stopping.signal }), flush];
  return {
    limiter: createMemoryLimiter({ ticks: systemTicks, clock, ledger }),
    stop: async () => {
      stopping.abort();
      // All at once: otherwise one could start again while another is awaited.
      await Promise.all(jobs.map((job) => job.stop()));
      await flush.attempt();
    },
    abandon: () => {
      for (const job of jobs) job.abandon();
    },
    unwritten: ledger.unwritten,
  };
}

type MaintenanceDeps = { readonly log: Log; readonly stopping: AbortSignal };

/** While the clock is not settled, nothing is deleted or ended: its time could be far ahead. */
function startMaintenance(
  actions: ServiceActionDeps,
  retention: Config["usageRetention"],
  { log, stopping }: MaintenanceDeps,
) {
  const { db, clock } = actions;
  const startedAt = clock.now();
  let prunedUpTo = 0;
  return [
    repeat(PRUNE_EVERY_MS, log, "old usage cannot be removed", async () => {
      if (clock.isSettled()) prunedUpTo = await pruneUsage(db, retention, clock.now(), prunedUpTo);
    }),
    repeat(FOLD_EVERY_MS, log, "the journal of usage cannot be added up", () => foldUsage(db)),
    repeat(FINISH_EVERY_MS, log, "revocations cannot be finished", () =>
      finishBulkRevocations(actions, { isStopping: () => stopping.aborted }),
    ),
    repeat(WATCH_EVERY_MS, log, "overlaps cannot be ended", async () => {
      if (clock.isSettled()) await endIdleOverlaps(actions, startedAt);
    }),
    repeat(BEAT_EVERY_MS, log, "the store cannot note that the service runs", () =>
      noteSeen(db, clock.isSettled() ? clock.now() : undefined, systemClock.now()),
    ),
  ];
}
