import { setTimeout as wait } from "node:timers/promises";
import { type Instant, toTimestamp } from "../lib/time/clock.ts";
import { pruneEvents, readHead } from "../store/audit/audit.ts";
import type { Checkpoint } from "../store/audit/audit-checkpoint.ts";
import { transact } from "../store/database/transact.ts";
import { type ActionDeps, within } from "./actions.ts";
import { record } from "./record.ts";

/** Events that are deleted in one transaction: within a tenth of a second. */
const PRUNED_AT_A_TIME = 5_000;
/** Longer than the interval at which other processes retry a lock. */
const PAUSE_MS = 25;

type PruneOptions = {
  /** Events of one part. */
  readonly most?: number;
  /** Is awaited between two parts. */
  readonly pause?: () => Promise<unknown>;
};

/**
 * Deletes audit events older than `before` in parts, so that other actions get the lock in between. Every part is
 * recorded.
 * @returns undefined when there is nothing to delete.
 */
export async function pruneAudit(
  before: Instant,
  deps: ActionDeps,
  { most = PRUNED_AT_A_TIME, pause = () => wait(PAUSE_MS) }: PruneOptions = {},
): Promise<Checkpoint | undefined> {
  // The events of this pruning stay, even if the clock is set back.
  const { count: last } = await readHead(deps.db);
  let reached: Checkpoint | undefined;
  while ((reached?.seq ?? 0) < last) {
    const checkpoint = await pruneSome(before, deps, { most, last });
    if (checkpoint === undefined) break;
    reached = checkpoint;
    await pause();
  }
  return reached;
}

type Part = { readonly most: number; readonly last: number };

async function pruneSome(before: Instant, deps: ActionDeps, part: Part): Promise<Checkpoint | undefined> {
  return transact(deps.db, async (tx) => {
    const checkpoint = await pruneEvents(tx, before, part);
    if (checkpoint === undefined) return undefined;

    await record(within(deps, tx), {
      action: "audit.pruned",
      target: { kind: "audit", id: checkpoint.hash },
      at: deps.clock.now(),
      details: { before: toTimestamp(before), pruned: String(checkpoint.count) },
    });
    return checkpoint;
  });
}
