import { GENESIS } from "../store/audit-event.ts";
import type { RestorePlan } from "../store/restore.ts";
import { transact } from "../store/transact.ts";
import type { DeedDeps } from "./deeds.ts";
import { record } from "./record.ts";

/**
 * Records in the restored database that it is one: its log goes on from the backup, and names the end of the log that
 * went with the database before.
 */
export async function recordRestore(
  { file, stops, replacedHead }: RestorePlan,
  exactly: boolean,
  deps: Pick<DeedDeps, "db" | "clock" | "random" | "by">,
): Promise<void> {
  await transact(deps.db, (db) =>
    record(
      { ...deps, db },
      {
        action: "database.restored",
        target: { kind: "database", id: replacedHead ?? GENESIS },
        at: deps.clock.now(),
        details: { backup: file, exactly: String(exactly), stopped: String(exactly ? 0 : stops.length) },
      },
    ),
  );
}
