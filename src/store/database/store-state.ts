import { sql } from "kysely";
import type { Instant } from "../../lib/time/clock.ts";
import type { Database } from "./schema.ts";
import { transactUnsynced } from "./transact.ts";

/** The latest time at which a service is known to have run on this database; 0: never. */
export async function readSeenAt(db: Database): Promise<Instant> {
  const { seen_at } = await db.selectFrom("store_state").select("seen_at").executeTakeFirstOrThrow();
  return seen_at;
}

/**
 * Notes that a service runs on this database.
 * @param seenAt undefined while the clock is in doubt.
 * @param beatAt what the wall clock says, right or wrong.
 */
export async function noteSeen(db: Database, seenAt: Instant | undefined, beatAt: Instant): Promise<void> {
  await transactUnsynced(db, (tx) =>
    sql`update store_state set beats = beats + 1, seen_at = max(seen_at, ${seenAt ?? 0}), beat_at = ${beatAt}`.execute(
      tx,
    ),
  );
}

/** Corrects a noted time that lies after `latest`. */
export async function capSeenAt(db: Database, latest: Instant): Promise<void> {
  await sql`update store_state set seen_at = min(seen_at, ${latest})`.execute(db);
}
