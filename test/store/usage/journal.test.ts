import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { sql } from "kysely";
import { openDatabase } from "../../../src/store/database/database.ts";
import type { Database } from "../../../src/store/database/schema.ts";
import { transact } from "../../../src/store/database/transact.ts";
import { addUsage } from "../../../src/store/usage/add-usage.ts";
import { appendUsage, foldUsage } from "../../../src/store/usage/journal.ts";
import { listKeyUses } from "../../../src/store/usage/key-uses.ts";
import { readUsage } from "../../../src/store/usage/series.ts";
import type { Batch } from "../../../src/usage/batch.ts";
import { createMeter } from "../../../src/usage/meter.ts";
import { aUsageEvent, DAY_MS, NOON } from "../../support/builders.ts";
import { turnsDuring } from "../../support/model/turns.ts";
import { runs } from "../../support/runs.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();

const TABLES = ["usage_minutes", "usage_hours", "usage_days", "usage_latency", "key_use"];

let [direct, journaled]: Database[] = [];
beforeAll(async () => {
  direct = await openDatabase("sqlite::memory:");
  journaled = await openDatabase("sqlite::memory:");
});
afterAll(() => Promise.all([direct?.destroy(), journaled?.destroy()]));

/** Every count, with the names of its series instead of their ids. */
async function contentOf(db: Database) {
  const content: Record<string, readonly unknown[]> = {};
  for (const table of TABLES) {
    const series = table.startsWith("usage_") && table !== "usage_latency";
    const { rows } =
      await sql`select * from ${sql.table(table)} ${sql.raw(series ? "join usage_series on id = series_id" : "")}`.execute(
        db,
      );
    const texts = rows.map((row) => JSON.stringify({ ...Object(row), id: 0, series_id: 0 }));
    content[table] = texts.toSorted();
  }
  return content;
}

async function entries(db: Database): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from usage_journal`.execute(db);
  return rows[0]?.n ?? 0;
}

const event = fc
  .record({
    at: fc.integer({ min: 0, max: 3 }).map((minutes) => NOON + minutes * 30_000),
    holder: fc.constantFrom(
      { keyId: "", clientId: "" },
      { keyId: "", clientId: "client_a" },
      { keyId: "key_a", clientId: "client_a" },
      { keyId: "key_b", clientId: 'client "b"' },
    ),
    operation: fc.constantFrom("getData", "get\tInfo"),
    network: fc.constantFrom("192.0.2.1", "2001:db8::"),
    code: fc.constantFrom("", "limit-reached"),
    durationMs: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ holder, ...one }) => ({ ...holder, ...one }));

function batchOf(events: readonly object[]): Batch {
  const meter = createMeter();
  for (const one of events) meter.record(aUsageEvent(one));
  return meter.take();
}

const manyKeys = (count: number) => batchOf(Array.from({ length: count }, (_, index) => ({ keyId: `key_${index}` })));
const all = { from: NOON - DAY_MS, to: NOON + DAY_MS, bucket: "hour", groupBy: [], where: {} } as const;

async function requestsIn(db: Database): Promise<number> {
  const { sum } = await readUsage(db, all, { points: 100, counts: 100_000 });
  return sum
    .toSeries()
    .flatMap(({ points }) => points)
    .reduce((total, { requests }) => total + requests, 0);
}

describe("the journal of usage", () => {
  it("adds up to the same as if each count had been added at once", async () => {
    if (direct === undefined || journaled === undefined) throw new Error("not open");
    const [one, other] = [direct, journaled];
    const steps = fc.array(
      fc.oneof({ weight: 4, arbitrary: fc.array(event, { minLength: 1, maxLength: 8 }) }, fc.constant("fold" as const)),
    );
    await fc.assert(
      fc.asyncProperty(steps, async (wanted) => {
        for (const step of wanted) {
          if (step === "fold") await foldUsage(other);
          else {
            await addUsage(one, batchOf(step));
            await appendUsage(other, batchOf(step));
          }
        }
        await foldUsage(other);
        expect(await contentOf(other)).toEqual(await contentOf(one));
        expect(await entries(other)).toBe(0);
      }),
      { numRuns: runs(40) },
    );
  });

  it("is added up before usage is read, also within a transaction", async () => {
    const db = await openDatabase("sqlite::memory:");
    await appendUsage(db, manyKeys(3));
    expect(await listKeyUses(db, "key_1", 9)).toMatchObject([{ keyId: "key_1", requests: 1 }]);
    await appendUsage(db, manyKeys(3));
    expect(await requestsIn(db)).toBe(6);
    await transact(db, async (tx) => {
      await appendUsage(tx, manyKeys(3));
      expect(await listKeyUses(tx, "key_1", 9)).toMatchObject([{ keyId: "key_1", requests: 3 }]);
    });
    await db.destroy();
  });

  it("counts nothing twice and loses nothing when adding it up fails", async () => {
    const db = await openDatabase("sqlite::memory:");
    await appendUsage(db, manyKeys(100));
    await sql`create trigger full before insert on key_use when new.key_id = 'key_50' begin select raise(abort, 'full'); end`.execute(
      db,
    );
    await expect(foldUsage(db)).rejects.toThrow("full");
    await sql`drop trigger full`.execute(db);
    expect(await requestsIn(db)).toBe(100);
    await db.destroy();
  });

  it("is added up by two processes at the same time, each count once", async () => {
    const url = `sqlite:${join(folder, "two.db")}`;
    const [one, other] = [await openDatabase(url), await openDatabase(url)];
    for (let round = 1; round <= 5; round++) {
      for (let count = 0; count < 3; count++) await appendUsage(one, manyKeys(400));
      await Promise.all([foldUsage(one), foldUsage(other), appendUsage(other, manyKeys(400)), requestsIn(one)]);
      expect(await requestsIn(other)).toBe(round * 1_600);
    }
    await Promise.all([one.destroy(), other.destroy()]);
  });

  it("never uses the id of an entry again, by which another process may be about to remove it", async () => {
    const db = await openDatabase("sqlite::memory:");
    const nextId = async () => {
      await appendUsage(db, manyKeys(1));
      const { rows } = await sql<{ id: number }>`select max(id) as id from usage_journal`.execute(db);
      return rows[0]?.id ?? 0;
    };
    const before = await nextId();
    await foldUsage(db);
    expect(await nextId()).toBeGreaterThan(before);
    await db.destroy();
  });

  it("is added up in slices, between which the event loop turns", async () => {
    const db = await openDatabase("sqlite::memory:");
    for (let count = 0; count < 3; count++) await appendUsage(db, manyKeys(2_000));
    const { turns } = await turnsDuring(foldUsage(db));
    expect(turns).toBeGreaterThanOrEqual(16);
    expect(await entries(db)).toBe(0);
    await db.destroy();
  });
});
