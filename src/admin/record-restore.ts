import { GENESIS } from "../store/audit/audit-event.ts";
import type { RestorePlan } from "../store/backup/restore.ts";
import { capSeenAt } from "../store/database/store-state.ts";
import { transact } from "../store/database/transact.ts";
import type { ActionDeps } from "./actions.ts";
import { record } from "./record.ts";

/**
 * Records in the restored database that it is one: its log goes on from the backup, and names the end of the log that
 * went with the database before.
 */
export async function recordRestore(
  { file, revocationsToReapply, replacedHead }: RestorePlan,
  exactly: boolean,
  deps: Pick<ActionDeps, "db" | "clock" | "random" | "principal">,
): Promise<void> {
  const at = deps.clock.now();
  await transact(deps.db, async (db) => {
    // Who restores is at the machine and has looked at its clock: what was noted by a wrong one is forgotten.
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
