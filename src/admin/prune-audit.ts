import { type Instant, toTimestamp } from "../lib/clock.ts";
import { pruneEvents } from "../store/audit.ts";
import type { Checkpoint } from "../store/audit-checkpoint.ts";
import { transact } from "../store/transact.ts";
import { type DeedDeps, within } from "./deeds.ts";
import { record } from "./record.ts";

/** Deletes audit events older than `before`, which is a deed like any other. Undefined when there are none. */
export async function pruneAudit(before: Instant, deps: DeedDeps): Promise<Checkpoint | undefined> {
  return transact(deps.db, async (tx) => {
    const checkpoint = await pruneEvents(tx, before);
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
