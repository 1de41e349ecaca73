import { type RawBuilder, sql } from "kysely";
import type { Instant } from "../../lib/time/clock.ts";
import type { Bucket } from "../../usage/series.ts";
import type { Database } from "../database/schema.ts";
import { transact } from "../database/transact.ts";
import { BUCKETS, USAGE_TABLES } from "./add-usage.ts";
import { timedOperations } from "./latencies.ts";

/** How long counts are kept, in milliseconds; finer counts are kept for a shorter time. */
export type Retention = Readonly<Record<Bucket, number>>;

/** The series that one transaction looks at. */
const SERIES_AT_A_TIME = 100;
/** The counts that one transaction removes from each table at most. */
const REMOVED_AT_A_TIME = 2_000;

/**
 * Removes outdated counts of some series, those after the id `after`. All series at once would delay other requests,
 * and an index by time would be as large as the counts.
 * @returns the id to continue after; 0 to start again.
 */
export async function pruneUsage(db: Database, retention: Retention, now: Instant, after: number): Promise<number> {
  return transact(db, async (tx) => {
    const { rows } = await sql<{ id: number }>`
      select id from usage_series where id > ${after} order by id limit ${SERIES_AT_A_TIME}`.execute(tx);
    const last = rows.at(-1)?.id ?? 0;
    const next = sql`select id from usage_series where id > ${after} and id <= ${last}`;
    const keys = sql`select distinct key_id from usage_series where id > ${after} and id <= ${last} and key_id <> ''`;
    const removed = [
      ...BUCKETS.map((bucket) => {
        const isOld = sql`series_id in (${next}) and at < ${now - retention[bucket]}`;
        return remove(tx, USAGE_TABLES[bucket], sql`series_id, at`, isOld);
      }),
      remove(tx, "key_use", sql`key_id, operation, network`, sql`key_id in (${keys}) and at < ${now - retention.day}`),
      ...(after === 0 ? await removeLatencies(tx, now - retention.hour) : []),
    ];
    const isMore = (await Promise.all(removed)).includes(REMOVED_AT_A_TIME);
    if (isMore) return after;
    return rows.length < SERIES_AT_A_TIME ? 0 : last;
  });
}

/** One operation at a time, because the index is by operation and time. */
async function removeLatencies(tx: Database, before: Instant) {
  const columns = sql`operation, at, bucket`;
  return (await timedOperations(tx)).map((operation) =>
    remove(tx, "usage_latency", columns, sql`operation = ${operation} and at < ${before}`),
  );
}

/** Deletes some of the rows that meet the condition. @returns how many. */
async function remove(
  tx: Database,
  table: string,
  primaryKey: RawBuilder<unknown>,
  condition: RawBuilder<unknown>,
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from ${sql.table(table)} where (${primaryKey}) in (
      select ${primaryKey} from ${sql.table(table)} where ${condition} limit ${REMOVED_AT_A_TIME})`.execute(tx);
  return Number(numAffectedRows);
}
