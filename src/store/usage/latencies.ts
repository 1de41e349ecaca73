import { sql } from "kysely";
import { yieldToEventLoop } from "../../lib/async/yield-to-event-loop.ts";
import type { Instant } from "../../lib/time/clock.ts";
import type { Histogram } from "../../usage/histogram.ts";
import { BUCKET_MS, startOf } from "../../usage/series.ts";
import type { Database } from "../database/schema.ts";

/** Hours of an operation that are read in one slice; each has some fifty durations, 530 at most. */
const HOURS_IN_A_SLICE = 96;

/** The latencies of each operation, in the hours that begin in this period. */
export async function readLatencies(db: Database, from: Instant, to: Instant): Promise<ReadonlyMap<string, Histogram>> {
  const histograms = new Map<string, Histogram>();
  for (const operation of await timedOperations(db)) {
    const histogram: Record<number, number> = {};
    for (let start = startOf("hour", from); start < to; start += HOURS_IN_A_SLICE * BUCKET_MS.hour) {
      const rows = await db
        .selectFrom("usage_latency")
        .select("bucket")
        .select((select) => select.fn.sum<number>("count").as("count"))
        .where("operation", "=", operation)
        .where("at", ">=", start)
        .where("at", "<", Math.min(to, start + HOURS_IN_A_SLICE * BUCKET_MS.hour))
        .groupBy("bucket")
        .execute();
      for (const { bucket, count } of rows) histogram[bucket] = (histogram[bucket] ?? 0) + count;
      await yieldToEventLoop();
    }
    if (Object.keys(histogram).length > 0) histograms.set(operation, histogram);
  }
  return histograms;
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
