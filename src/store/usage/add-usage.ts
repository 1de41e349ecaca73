import { sql } from "kysely";
import type { Batch } from "../../usage/batch.ts";
import { type Bucket, startOf } from "../../usage/series.ts";
import type { Database } from "../database/schema.ts";
import { transactUnsynced } from "../database/transact.ts";

export const USAGE_TABLES = {
  minute: "usage_minutes",
  hour: "usage_hours",
  day: "usage_days",
} as const satisfies Record<Bucket, string>;

export const BUCKETS = ["minute", "hour", "day"] as const satisfies readonly Bucket[];

/**
 * Adds counts to minutes, hours and days at once, so that no roll-up can be late or lost. All of it is one transaction,
 * which delays other requests: 250 rows take some milliseconds.
 */
export async function addUsage(db: Database, { rows, keyUses, latencies }: Batch): Promise<void> {
  await transactUnsynced(db, async (tx) => {
    if (rows.length > 0) {
      const ids = await seriesOf(tx, rows);
      for (const bucket of BUCKETS) await writeCounts(tx, bucket, rows, ids);
    }
    if (keyUses.length > 0) await writeKeyUses(tx, keyUses);
    if (latencies.length > 0) await writeLatencies(tx, latencies);
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
