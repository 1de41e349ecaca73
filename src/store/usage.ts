import { type RawBuilder, sql } from "kysely";
import type { Instant } from "../lib/time/clock.ts";
import type { Batch, KeyUse } from "../usage/batch.ts";
import { type Bucket, startOf } from "../usage/series.ts";
import type { Database } from "./database/schema.ts";
import { transact, transactUnsynced } from "./database/transact.ts";

export const USAGE_TABLES = {
  minute: "usage_minutes",
  hour: "usage_hours",
  day: "usage_days",
} as const satisfies Record<Bucket, string>;

const BUCKETS = ["minute", "hour", "day"] as const satisfies readonly Bucket[];

/**
 * Adds counts to minutes, hours and days at once, so that no roll-up can be late or lost. All of it is one transaction,
 * which delays other requests: a batch should be one of `splitBatch`.
 */
export async function writeUsage(db: Database, { rows, keyUses, latencies }: Batch): Promise<void> {
  await transactUnsynced(db, async (tx) => {
    const ids = await seriesOf(tx, rows);
    for (const bucket of BUCKETS) await writeCounts(tx, bucket, rows, ids);
    await writeKeyUses(tx, keyUses);
    await writeLatencies(tx, latencies);
  });
}

/** @param ids of the series of each row. */
async function writeCounts(tx: Database, bucket: Bucket, rows: Batch["rows"], ids: readonly number[]) {
  const counts = rows.map(({ minute, requests, cost, bytesIn, bytesOut }, index) => [
    ids[index],
    startOf(bucket, minute),
    requests,
    cost,
    bytesIn,
    bytesOut,
  ]);
  await sql`
    insert into ${sql.table(USAGE_TABLES[bucket])} (series_id, at, requests, cost, bytes_in, bytes_out)
    select value->>0, value->>1, value->>2, value->>3, value->>4, value->>5
    from json_each(${JSON.stringify(counts)}) where true
    on conflict (series_id, at) do update set requests = requests + excluded.requests, cost = cost + excluded.cost,
      bytes_in = bytes_in + excluded.bytes_in, bytes_out = bytes_out + excluded.bytes_out
  `.execute(tx);
}

async function writeKeyUses(tx: Database, keyUses: Batch["keyUses"]) {
  const uses = keyUses.map(({ keyId, operation, network, at, requests }) => [keyId, operation, network, at, requests]);
  await sql`
    insert into key_use (key_id, operation, network, at, requests)
    select value->>0, value->>1, value->>2, value->>3, value->>4 from json_each(${JSON.stringify(uses)}) where true
    on conflict (key_id, operation, network) do update set at = max(at, excluded.at),
      requests = requests + excluded.requests
  `.execute(tx);
}

async function writeLatencies(tx: Database, latencies: Batch["latencies"]) {
  const durations = latencies.flatMap(({ minute, operation, histogram }) =>
    Object.entries(histogram).map(([bucket, count]) => [operation, startOf("hour", minute), Number(bucket), count]),
  );
  await sql`
    insert into usage_latency (operation, at, bucket, count)
    select value->>0, value->>1, value->>2, sum(value->>3) from json_each(${JSON.stringify(durations)})
    where true group by 1, 2, 3
    on conflict (operation, at, bucket) do update set count = count + excluded.count
  `.execute(tx);
}

/** The id of the series of each row. Missing series are created. */
async function seriesOf(db: Database, rows: Batch["rows"]): Promise<readonly number[]> {
  const json = JSON.stringify(
    rows.map(({ clientId, keyId, environment, operation, statusClass, code }) => [
      clientId,
      keyId,
      environment,
      operation,
      statusClass,
      code,
    ]),
  );
  await sql`
    insert or ignore into usage_series (client_id, key_id, environment, operation, status_class, code)
    select distinct value->>0, value->>1, value->>2, value->>3, value->>4, value->>5 from json_each(${json})
  `.execute(db);
  const found = await sql<{ id: number }>`
    select series.id as id from json_each(${json}) as given join usage_series as series
      on series.client_id = value->>0 and series.key_id = value->>1 and series.operation = value->>3
      and series.status_class = value->>4 and series.code = value->>5 and series.environment = value->>2
    order by given.key
  `.execute(db);
  return found.rows.map(({ id }) => id);
}

/** The uses of a key by operation and network, the latest first. */
export async function listKeyUses(db: Database, keyId: string, most: number): Promise<readonly KeyUse[]> {
  const rows = await db
    .selectFrom("key_use")
    .selectAll()
    .where("key_id", "=", keyId)
    .orderBy("at", "desc")
    .orderBy("operation")
    .orderBy("network")
    .limit(most)
    .execute();
  return rows.map(({ key_id, ...use }) => ({ keyId: key_id, ...use }));
}

/**
 * Every operation that a key has called. One index look-up per operation, so the number of networks does not matter.
 */
export async function listUsedOperations(db: Database, keyId: string): Promise<readonly string[]> {
  const { rows } = await sql<{ readonly operation: string }>`
    with recursive used (operation) as (
      select min(operation) from key_use where key_id = ${keyId} union all
      select (select min(operation) from key_use where key_id = ${keyId} and key_use.operation > used.operation)
      from used where operation is not null)
    select operation from used where operation is not null`.execute(db);
  return rows.map(({ operation }) => operation);
}

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

/** The operations with latencies. One index look-up per operation. */
export async function timedOperations(db: Database): Promise<readonly string[]> {
  const { rows } = await sql<{ readonly operation: string }>`
    with recursive timed (operation) as (
      select min(operation) from usage_latency union all
      select (select min(operation) from usage_latency where usage_latency.operation > timed.operation)
      from timed where operation is not null)
    select operation from timed where operation is not null`.execute(db);
  return rows.map(({ operation }) => operation);
}
