import { GENESIS } from "../store/audit/audit-event.ts";
import type { RestorePlan } from "../store/backup/restore.ts";
import { capSeenAt } from "../store/database/store-state.ts";
import { transact } from "../store/database/transact.ts";
import type { ActionDeps } from "./actions.ts";
import { record } from "./record.ts";

/**
 * Records the restore in the restored database. Its log continues from the backup, and the event names the end of the
 * log in the replaced database.
 */
export async function recordRestore(
  { file, revocationsToReapply, replacedHead }: RestorePlan,
  exactly: boolean,
  deps: Pick<ActionDeps, "db" | "clock" | "random" | "principal">,
): Promise<void> {
  const at = deps.clock.now();
  await transact(deps.db, async (db) => {
    // A restore is done by an operator on the machine, so its clock counts: a later time noted by a wrong clock is
    // dropped.
    await capSeenAt(db, at);
    await record(
      { ...deps, db },
      {
        action: "database.restored",
        target: { kind: "database", id: replacedHead ?? GENESIS },
        at,
        details: { backup: file, exactly: String(exactly), stopped: String(exactly ? 0 : revocationsToReapply.length) },
      },
    );
  });
}
