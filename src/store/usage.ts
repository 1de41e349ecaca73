import { sql } from "kysely";
import type { Instant } from "../lib/clock.ts";
import { type Histogram, merged } from "../usage/histogram.ts";
import type { Batch, KeyUse } from "../usage/meter.ts";
import { BUCKET_MS, type Bucket, type Point, startOf } from "../usage/series.ts";
import type { Database } from "./schema.ts";
import { transact } from "./transact.ts";

/** So many rows in one transaction: it holds everybody up for some milliseconds. */
const ROWS_AT_A_TIME = 500;

const TABLES = { minute: "usage_minutes", hour: "usage_hours", day: "usage_days" } as const satisfies Record<
  Bucket,
  string
>;

/** Adds what was counted to minutes, hours and days at once, so that no roll-up can be late or lost. */
export async function writeUsage(db: Database, { rows, keyUses, latencies }: Batch): Promise<void> {
  await transact(db, async (tx) => {
    for (let first = 0; first < rows.length; first += ROWS_AT_A_TIME) {
      const part = rows.slice(first, first + ROWS_AT_A_TIME);
      const json = JSON.stringify(
        part.map((row) => [
          row.clientId,
          row.keyId,
          row.environment,
          row.operation,
          row.statusClass,
          row.code,
          row.minute,
          row.requests,
          row.cost,
          row.bytesIn,
          row.bytesOut,
        ]),
      );
      await sql`
        insert or ignore into usage_series (client_id, key_id, environment, operation, status_class, code)
        select distinct value->>0, value->>1, value->>2, value->>3, value->>4, value->>5 from json_each(${json})
      `.execute(tx);
      for (const [bucket, table] of Object.entries(TABLES)) {
        const spanMs = BUCKET_MS[bucket as Bucket];
        await sql`
          insert into ${sql.table(table)} (series_id, at, requests, cost, bytes_in, bytes_out)
          select series.id, (value->>6) - (value->>6) % ${spanMs}, sum(value->>7), sum(value->>8), sum(value->>9),
            sum(value->>10)
          from json_each(${json}) as given join usage_series as series
            on series.client_id = value->>0 and series.key_id = value->>1 and series.operation = value->>3
            and series.status_class = value->>4 and series.code = value->>5 and series.environment = value->>2
          where true group by 1, 2
          on conflict (series_id, at) do update set requests = requests + excluded.requests, cost = cost + excluded.cost,
            bytes_in = bytes_in + excluded.bytes_in, bytes_out = bytes_out + excluded.bytes_out
        `.execute(tx);
      }
    }
    const uses = JSON.stringify(
      keyUses.map(({ keyId, operation, network, at, requests }) => [keyId, operation, network, at, requests]),
    );
    await sql`
      insert into key_use (key_id, operation, network, at, requests)
      select value->>0, value->>1, value->>2, value->>3, value->>4 from json_each(${uses}) where true
      on conflict (key_id, operation, network) do update set at = max(at, excluded.at),
        requests = requests + excluded.requests
    `.execute(tx);
    const times = JSON.stringify(
      latencies.flatMap(({ minute, operation, histogram }) =>
        Object.entries(histogram).map(([bucket, count]) => [operation, startOf("hour", minute), Number(bucket), count]),
      ),
    );
    await sql`
      insert into usage_latency (operation, at, bucket, count)
      select value->>0, value->>1, value->>2, sum(value->>3) from json_each(${times}) where true group by 1, 2, 3
      on conflict (operation, at, bucket) do update set count = count + excluded.count
    `.execute(tx);
  });
}

export const GROUPINGS = ["client", "key", "environment", "operation", "statusClass", "code"] as const;

export type Grouping = (typeof GROUPINGS)[number];

const COLUMNS = {
  client: "client_id",
  key: "key_id",
  environment: "environment",
  operation: "operation",
  statusClass: "status_class",
  code: "code",
} as const satisfies Record<Grouping, string>;

export type UsageQuery = {
  readonly from: Instant;
  /** Not in it. */
  readonly to: Instant;
  readonly bucket: Bucket;
  readonly groupBy: readonly Grouping[];
  readonly where: Partial<Readonly<Record<Grouping, string>>>;
};

export type UsagePoint = Point & { readonly group: Readonly<Record<string, string>> };

/** What was counted, summed up by bucket and group, oldest first; buckets in which nothing was are not there. */
export async function readUsage(
  db: Database,
  { from, to, bucket, groupBy, where }: UsageQuery,
  most: number,
): Promise<readonly UsagePoint[]> {
  const columns = groupBy.map((name) => sql`${sql.ref(`series.${COLUMNS[name]}`)} as ${sql.ref(name)}`);
  const conditions = Object.entries(where).map(
    ([name, value]) => sql`${sql.ref(`series.${COLUMNS[name as Grouping]}`)} = ${value}`,
  );
  const first = startOf(bucket, from);
  const { rows } = await sql<Record<string, string | number>>`
    select ${sql.join([sql`counts.at as at`, ...columns])}, sum(requests) as requests, sum(cost) as cost,
      sum(bytes_in) as bytesIn, sum(bytes_out) as bytesOut
    from usage_series as series cross join ${sql.table(TABLES[bucket])} as counts on counts.series_id = series.id
    where ${sql.join([sql`counts.at >= ${first} and counts.at < ${to}`, ...conditions], sql` and `)}
    group by ${sql.join([sql`counts.at`, ...groupBy.map((name) => sql.ref(`series.${COLUMNS[name]}`))])}
    order by counts.at limit ${most}
  `.execute(db);
  return rows.map((row) => ({
    at: Number(row["at"]),
    requests: Number(row["requests"]),
    cost: Number(row["cost"]),
    bytesIn: Number(row["bytesIn"]),
    bytesOut: Number(row["bytesOut"]),
    group: Object.fromEntries(groupBy.map((name) => [name, String(row[name])])),
  }));
}

/** How long the answers of each operation took, in the hours that begin in this time. */
export async function readLatencies(db: Database, from: Instant, to: Instant): Promise<ReadonlyMap<string, Histogram>> {
  const rows = await db
    .selectFrom("usage_latency")
    .select(["operation", "bucket"])
    .select((select) => select.fn.sum<number>("count").as("count"))
    .where("at", ">=", startOf("hour", from))
    .where("at", "<", to)
    .groupBy(["operation", "bucket"])
    .execute();
  const groups = Map.groupBy(rows, ({ operation }) => operation);
  return new Map(
    [...groups].map(([operation, members]) => [
      operation,
      merged(members.map(({ bucket, count }) => ({ [bucket]: count }))),
    ]),
  );
}

/** What a key was used for and from where, the latest first. */
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

/** For how long counts are kept, in milliseconds: the finer they are, the shorter. */
export type Retention = Readonly<Record<Bucket, number>>;

/** So many series are looked at in one transaction. */
const PRUNED_AT_A_TIME = 100;

/**
 * Removes what is older than it is to be kept, of the next series behind `after`: all of them at once would hold up
 * everybody, and an index by time would be as large as the counts.
 * @returns behind which to go on; 0 where it begins anew.
 */
export async function pruneUsage(db: Database, retention: Retention, now: Instant, after: number): Promise<number> {
  return transact(db, async (tx) => {
    const { rows } = await sql<{ id: number }>`
      select id from usage_series where id > ${after} order by id limit ${PRUNED_AT_A_TIME}`.execute(tx);
    const last = rows.at(-1)?.id ?? 0;
    const next = sql`select id from usage_series where id > ${after} and id <= ${last}`;
    for (const [bucket, table] of Object.entries(TABLES)) {
      const before = now - retention[bucket as Bucket];
      await sql`delete from ${sql.table(table)} where series_id in (${next}) and at < ${before}`.execute(tx);
    }
    const keys = sql`select distinct key_id from usage_series where id > ${after} and id <= ${last} and key_id <> ''`;
    await sql`delete from key_use where key_id in (${keys}) and at < ${now - retention.day}`.execute(tx);
    if (after === 0) await sql`delete from usage_latency where at < ${now - retention.hour}`.execute(tx);
    return rows.length < PRUNED_AT_A_TIME ? 0 : last;
  });
}
