// Revokes keys by their ids, in the database given as an argument, and reports each one when it is committed.
import { systemClock } from "../../../src/lib/time/clock.ts";
import { openDatabase } from "../../../src/store/database/database.ts";
import { transact } from "../../../src/store/database/transact.ts";
import { markRevoked } from "../../../src/store/keys.ts";

const db = await openDatabase(process.argv[2] ?? "");

process.on("message", async (id: string) => {
  await transact(db, (tx) => markRevoked(tx, id, systemClock.now(), null));
  process.send?.(id);
});
process.send?.("ready");
