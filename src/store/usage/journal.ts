import { sql } from "kysely";
import { yieldToEventLoop } from "../../lib/async/yield-to-event-loop.ts";
import { type Batch, shardBatch, splitBatch } from "../../usage/batch.ts";
import { createBatchSum } from "../../usage/counts/batch-sum.ts";
import type { Database } from "../database/schema.ts";
import { isTransaction, transactUnsynced } from "../database/transact.ts";
import { addUsage } from "./add-usage.ts";
import { parseEntry, toEntry } from "./journal-entry.ts";

/** So that the counts of a few hundred keys are added up at a time, where thousands are in use. */
const SHARDS = 32;

/** Rows of one entry: adding them takes some milliseconds. */
const ENTRY_ROWS = 250;

/** Entries of a shard that are read in one transaction, at most. */
const ENTRIES_AT_A_TIME = 100;

/** No further entry is added to a sum of more rows than this. */
const SUM_ROWS = 200;

/**
 * Writes counts to the journal, which takes a tenth of the time that it takes to add them to the tables of usage. Before
 * these tables are read, `foldUsage` adds them.
 */
export async function appendUsage(db: Database, batch: Batch): Promise<void> {
  const entries = shardBatch(batch, SHARDS).flatMap((part, shard) =>
    splitBatch({ ...part, latencies: [] }, ENTRY_ROWS).map((piece) => ({ shard, counts: toEntry(piece) })),
  );
  await transactUnsynced(db, async (tx) => {
    if (entries.length > 0) await tx.insertInto("usage_journal").values(entries).execute();
    // There are few of them, however many keys are in use.
    await addUsage(tx, { rows: [], keyUses: [], latencies: batch.latencies });
  });
}

/**
 * Adds what is in the journal to the tables of usage, and removes it there in the same transaction. So it is counted once,
 * whichever process does this, and whenever one is killed. Each transaction is a slice of some milliseconds.
 */
export async function foldUsage(db: Database): Promise<void> {
  const last = await lastEntry(db);
  if (last === null) return;
  for (let shard = 0; shard < SHARDS; shard++) {
    while (await foldEntries(db, shard, last)) {
      // The work of a transaction may await nothing else.
      if (!isTransaction(db)) await yieldToEventLoop();
    }
  }
}

async function lastEntry(db: Database): Promise<number | null> {
  const { last } = await db
    .selectFrom("usage_journal")
    .select((select) => select.fn.max<number | null>("id").as("last"))
    .executeTakeFirstOrThrow();
  return last;
}

/** @returns whether there was anything to do. */
async function foldEntries(db: Database, shard: number, last: number): Promise<boolean> {
  if ((await readEntries(db, shard, last, 1)).length === 0) return false;
  await transactUnsynced(db, async (tx) => {
    const sum = createBatchSum(Number.POSITIVE_INFINITY);
    let folded = 0;
    for (const { id, counts } of await readEntries(tx, shard, last, ENTRIES_AT_A_TIME)) {
      sum.add(parseEntry(counts));
      folded = id;
      if (sum.rows.size() > SUM_ROWS) break;
    }
    await addUsage(tx, sum.take());
    await sql`delete from usage_journal where shard = ${shard} and id <= ${folded}`.execute(tx);
  });
  return true;
}

function readEntries(db: Database, shard: number, last: number, most: number) {
  return db
    .selectFrom("usage_journal")
    .select(["id", "counts"])
    .where("shard", "=", shard)
    .where("id", "<=", last)
    .orderBy("id")
    .limit(most)
    .execute();
}
