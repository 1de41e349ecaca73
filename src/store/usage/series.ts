import { sql } from "kysely";
import { yieldToEventLoop } from "../../lib/async/yield-to-event-loop.ts";
import type { Instant } from "../../lib/time/clock.ts";
import { GROUPINGS, type Grouping } from "../../usage/groupings.ts";
import { type Bucket, countBuckets, createSeriesSum, type Point, type SeriesSum, startOf } from "../../usage/series.ts";
import type { Database } from "../database/schema.ts";
import { USAGE_TABLES } from "./add-usage.ts";
import { foldUsage } from "./journal.ts";

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
  /** Exclusive. */
  readonly to: Instant;
  readonly bucket: Bucket;
  readonly groupBy: readonly Grouping[];
  readonly where: Partial<Readonly<Record<Grouping, string>>>;
};

/** The sizes above which a report is refused. */
export type UsageBounds = {
  /** Points in the report. */
  readonly points: number;
  /** Counts that are added up for it. */
  readonly counts: number;
};

/** Counts that are read at a time: some milliseconds. */
const COUNTS_IN_A_SLICE = 5_000;
/** Series that are looked at in one slice. */
const SERIES_IN_A_SLICE = 1_000;

/**
 * Counts, summed up by bucket and group. They are read in slices, so that a report does not block the service. Reading
 * ends early when a bound is exceeded.
 */
export async function readUsage(
  db: Database,
  query: UsageQuery,
  most: UsageBounds,
): Promise<{ readonly sum: SeriesSum; readonly counts: number }> {
  await foldUsage(db);
  const { from, to, bucket, groupBy } = query;
  const sum = createSeriesSum(query);
  const piece = Math.max(1, Math.floor(COUNTS_IN_A_SLICE / Math.max(1, countBuckets(bucket, from, to))));
  let counts = 0;
  for await (const series of seriesIn(db, query)) {
    for (let first = 0; first < series.length; first += piece) {
      const groups = new Map(
        series.slice(first, first + piece).map((row) => [Number(row["id"]), groupOf(row, groupBy)]),
      );
      const rows = await readCounts(db, query, [...groups.keys()]);
      for (const row of rows) sum.add(groups.get(row.id) ?? {}, row.at, row);
      counts += rows.length;
      if (sum.points() > most.points || counts > most.counts) return { sum, counts };
      await yieldToEventLoop();
    }
  }
  return { sum, counts };
}

type SeriesRow = Readonly<Record<string, string | number>>;

/**
 * The series that match the query, in slices. The index of the key or of the client is used where the query names one.
 */
async function* seriesIn(db: Database, { where }: UsageQuery): AsyncGenerator<readonly SeriesRow[]> {
  const { key, client } = where;
  const indexed =
    key !== undefined ? sql`and key_id = ${key}` : client !== undefined ? sql`and client_id = ${client}` : sql``;
  const conditions = GROUPINGS.filter((name) => where[name] !== undefined);
  for (let after = 0; ; ) {
    const { rows } = await sql<SeriesRow>`
      select * from usage_series where id > ${after} ${indexed} order by id limit ${SERIES_IN_A_SLICE}`.execute(db);
    yield rows.filter((row) => conditions.every((name) => String(row[COLUMNS[name]]) === where[name]));
    if (rows.length < SERIES_IN_A_SLICE) return;
    after = Number(rows.at(-1)?.["id"]);
    await yieldToEventLoop();
  }
}

type CountRow = Point & { readonly id: number };

async function readCounts(db: Database, { bucket, from, to }: UsageQuery, ids: readonly number[]) {
  const { rows } = await sql<CountRow>`
    select series_id as id, at, requests, cost, bytes_in as bytesIn, bytes_out as bytesOut
    from ${sql.table(USAGE_TABLES[bucket])}
    where series_id in (select value from json_each(${JSON.stringify(ids)}))
      and at >= ${startOf(bucket, from)} and at < ${to}
  `.execute(db);
  return rows;
}

function groupOf(row: SeriesRow, groupBy: readonly Grouping[]) {
  return Object.fromEntries(groupBy.map((name) => [name, String(row[COLUMNS[name]])]));
}
