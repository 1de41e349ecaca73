import { sql } from "kysely";
import { yieldToEventLoop } from "../../lib/async/yield-to-event-loop.ts";
import { type Batch, sortBatch, splitBatch } from "../../usage/batch.ts";
import { type BatchSum, createBatchSum } from "../../usage/counts/batch-sum.ts";
import type { Database } from "../database/schema.ts";
import { isTransaction, transactUnsynced } from "../database/transact.ts";
import { addUsage } from "./add-usage.ts";
import { parseEntry, toEntry } from "./journal-entry.ts";

/** Rows that one transaction adds to the tables of usage: some milliseconds. */
const ADDED_ROWS = 250;

/** Rows that are merged at a time: to write them to the journal takes some milliseconds. */
const MERGED_ROWS = 20_000;

/**
 * Writes counts to the journal, which takes a tenth of the time that it takes to add them to the tables of usage. Before
 * these tables are read, `foldUsage` adds them.
 */
export async function appendUsage(db: Database, { rows, keyUses, latencies }: Batch): Promise<void> {
  await transactUnsynced(db, async (tx) => {
    if (rows.length > 0 || keyUses.length > 0) {
      const counts = toEntry({ rows, keyUses, latencies: [] });
      await tx.insertInto("usage_journal").values({ is_merged: 0, counts }).execute();
    }
    // There are few of them, however many keys are in use.
    await addUsage(tx, { rows: [], keyUses: [], latencies });
  });
}

/**
 * Adds what is in the journal to the tables of usage. An entry is removed in the transaction that merges or adds it, so
 * each count is added once, whichever processes do this, and whenever one is killed.
 */
export async function foldUsage(db: Database): Promise<void> {
  if (isTransaction(db)) return fold(db);
  const folding = (running.get(db) ?? Promise.resolve()).catch(() => {}).then(() => fold(db));
  running.set(db, folding);
  return folding;
}

/** The last fold of each database. The next one begins after it: two at a time would read the same entries. */
const running = new WeakMap<Database, Promise<void>>();

async function fold(db: Database): Promise<void> {
  const last = await lastEntry(db);
  if (last === null) return;
  while (await mergeEntries(db, last)) await pause(db);
  const lastMerged = await lastEntry(db);
  while (lastMerged !== null && (await addMerged(db, lastMerged))) await pause(db);
}

/** Lets other work run, unless `db` is a transaction, whose work may await nothing else. */
async function pause(db: Database) {
  if (!isTransaction(db)) await yieldToEventLoop();
}

async function lastEntry(db: Database): Promise<number | null> {
  const { last } = await db
    .selectFrom("usage_journal")
    .select((select) => select.fn.max<number | null>("id").as("last"))
    .executeTakeFirstOrThrow();
  return last;
}

/**
 * Merges entries up to `last`: most keys are in many of them.
 * @returns whether there were any.
 */
async function mergeEntries(db: Database, last: number): Promise<boolean> {
  const sum = createBatchSum(Number.POSITIVE_INFINITY);
  const ids = await readInto(sum, db, last);
  if (ids.length === 0) return false;

  const merged = sortBatch(sum.take());
  const isSmall = merged.rows.length <= ADDED_ROWS && merged.keyUses.length <= ADDED_ROWS;
  const entries = isSmall ? [] : await toEntries(merged, db);
  await transactUnsynced(db, async (tx) => {
    // Another process may have merged them while they were read. Then there is nothing to do.
    if (!(await hasAll(tx, ids))) return;
    await removeEntries(tx, ids);
    if (isSmall) await addUsage(tx, merged);
    else await tx.insertInto("usage_journal").values(entries).execute();
  });
  return true;
}

/** The entries for a sum, one made in each turn of the event loop. */
async function toEntries(merged: Batch, db: Database) {
  const entries: { readonly is_merged: number; readonly counts: string }[] = [];
  for (const piece of splitBatch(merged, ADDED_ROWS)) {
    entries.push({ is_merged: 1, counts: toEntry(piece) });
    await pause(db);
  }
  return entries;
}

/** Adds entries to `sum`, one in each turn of the event loop. @returns their ids. */
async function readInto(sum: BatchSum, db: Database, last: number): Promise<readonly number[]> {
  const ids: number[] = [];
  while (sum.rows.size() < MERGED_ROWS) {
    const entry = await nextEntry(db, { isMerged: 0, after: ids.at(-1) ?? 0, last });
    if (entry === undefined) break;
    sum.add(parseEntry(entry.counts));
    ids.push(entry.id);
    await pause(db);
  }
  return ids;
}

/** @returns whether there was an entry to add. */
function addMerged(db: Database, last: number): Promise<boolean> {
  return transactUnsynced(db, async (tx) => {
    const entry = await nextEntry(tx, { isMerged: 1, after: 0, last });
    if (entry === undefined) return false;
    await addUsage(tx, parseEntry(entry.counts));
    await removeEntries(tx, [entry.id]);
    return true;
  });
}

type Wanted = { readonly isMerged: number; readonly after: number; readonly last: number };

function nextEntry(db: Database, { isMerged, after, last }: Wanted) {
  return db
    .selectFrom("usage_journal")
    .select(["id", "counts"])
    .where("is_merged", "=", isMerged)
    .where("id", ">", after)
    .where("id", "<=", last)
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
}

async function hasAll(tx: Database, ids: readonly number[]): Promise<boolean> {
  const { rows } = await sql<{ readonly count: number }>`
    select count(*) as count from usage_journal
    where is_merged = 0 and id in (select value from json_each(${JSON.stringify(ids)}))`.execute(tx);
  return rows[0]?.count === ids.length;
}

async function removeEntries(tx: Database, ids: readonly number[]): Promise<void> {
  await sql`delete from usage_journal where id in (select value from json_each(${JSON.stringify(ids)}))`.execute(tx);
}
