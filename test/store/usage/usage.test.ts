import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { openDatabase, openStore } from "../../../src/store/database/database.ts";
import type { Database } from "../../../src/store/database/schema.ts";
import { addUsage } from "../../../src/store/usage/add-usage.ts";
import { listKeyUses } from "../../../src/store/usage/key-uses.ts";
import { readLatencies } from "../../../src/store/usage/latencies.ts";
import { pruneUsage } from "../../../src/store/usage/prune-usage.ts";
import { readUsage } from "../../../src/store/usage/series.ts";
import type { UsageRow } from "../../../src/usage/batch.ts";
import { DAY_MS, NOON } from "../../support/builders.ts";
import { turnsDuring } from "../../support/model/turns.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

const row = (differences: Partial<UsageRow> = {}): UsageRow => ({
  minute: NOON,
  clientId: "client_a",
  keyId: "key_a",
  environment: "live",
  operation: "getData",
  statusClass: 2,
  code: "",
  requests: 1,
  cost: 2,
  bytesIn: 3,
  bytesOut: 4,
  ...differences,
});
const batch = (rows: readonly UsageRow[]) => ({ rows, keyUses: [], latencies: [] });
const all = { from: NOON - 2 * DAY_MS, to: NOON + 2 * DAY_MS, groupBy: [], where: {} } as const;

/** Those points in which something was. */
async function read(from: Database, query: Parameters<typeof readUsage>[1]) {
  const { sum } = await readUsage(from, query, { points: 10_000, counts: 10_000 });
  return sum
    .toSeries()
    .flatMap(({ group, points }) => points.map((point) => ({ ...point, group })))
    .filter(({ requests }) => requests > 0);
}

let db: Database;
beforeAll(async () => {
  db = await openDatabase("sqlite::memory:");
});
afterAll(() => db.destroy());

describe("usage in the store", () => {
  it("is added up by minute, hour and day", async () => {
    await addUsage(db, batch([row(), row({ minute: NOON + MINUTE_MS, requests: 5 }), row({ minute: NOON + HOUR_MS })]));
    await addUsage(db, batch([row({ requests: 10 })]));
    const requests = async (bucket: "minute" | "hour" | "day") =>
      (await read(db, { ...all, bucket })).map((point) => [point.at - NOON, point.requests]);
    expect(await requests("minute")).toEqual([
      [0, 11],
      [MINUTE_MS, 5],
      [HOUR_MS, 1],
    ]);
    expect(await requests("hour")).toEqual([
      [0, 16],
      [HOUR_MS, 1],
    ]);
    expect(await requests("day")).toEqual([[-DAY_MS / 2, 17]]);
  });

  it("is told apart by what is asked for, and found by it", async () => {
    const mine = { clientId: "client_b", keyId: "key_b" };
    await addUsage(
      db,
      batch([
        row({ ...mine, requests: 3 }),
        row({ ...mine, operation: "getInfo", statusClass: 4, code: "scope-missing" }),
        row({ ...mine, keyId: "key_c", environment: "test" }),
      ]),
    );
    const by = async (...groupBy: ("key" | "operation" | "statusClass" | "code" | "environment" | "client")[]) =>
      (await read(db, { ...all, bucket: "day", groupBy, where: { client: "client_b" } })).map(({ group, requests }) => [
        ...Object.values(group),
        requests,
      ]);
    expect(await by()).toEqual([[5]]);
    expect(await by("key")).toEqual([
      ["key_b", 4],
      ["key_c", 1],
    ]);
    expect(await by("statusClass", "code")).toEqual([
      ["2", "", 4],
      ["4", "scope-missing", 1],
    ]);
    const filtered = await read(db, {
      ...all,
      bucket: "day",
      groupBy: [],
      where: { client: "client_b", operation: "getInfo" },
    });
    expect(filtered).toMatchObject([{ requests: 1, cost: 2, bytesIn: 3, bytesOut: 4 }]);
  });

  it("takes many rows at once", async () => {
    const rows = Array.from({ length: 1_700 }, (_, index) => row({ clientId: "client_many", keyId: `key_${index}` }));
    await addUsage(db, batch(rows));
    await addUsage(db, batch(rows));
    expect(await read(db, { ...all, bucket: "hour", where: { client: "client_many" } })).toMatchObject([
      { requests: 3_400 },
    ]);
  });

  it("has what a key was used for and from where, the latest first, in any order of writing", async () => {
    const use = (at: number, operation = "getData") => ({
      ...batch([]),
      keyUses: [{ keyId: "key_a", operation, network: "192.0.2.1", at, requests: 2 }],
    });
    for (const at of [5, 9, 7]) await addUsage(db, use(at));
    await addUsage(db, use(20, "getInfo"));
    const first = { keyId: "key_a", operation: "getInfo", network: "192.0.2.1", at: 20, requests: 2 };
    expect(await listKeyUses(db, "key_a", 10)).toEqual([first, { ...first, operation: "getData", at: 9, requests: 6 }]);
    expect(await listKeyUses(db, "key_a", 1)).toEqual([first]);
    expect(await listKeyUses(db, "key_x", 10)).toEqual([]);
  });

  it("has how long operations took", async () => {
    const latencies = [
      { minute: NOON, operation: "getData", histogram: { 5: 2, 9: 1 } },
      { minute: NOON + MINUTE_MS, operation: "getData", histogram: { 5: 1 } },
    ];
    await addUsage(db, { ...batch([]), latencies });
    expect(await readLatencies(db, NOON, NOON + 1)).toEqual(new Map([["getData", { 5: 3, 9: 1 }]]));
    expect(await readLatencies(db, NOON + HOUR_MS, NOON + DAY_MS)).toEqual(new Map());
  });

  it("is removed when it is old, series by series", async () => {
    const other = await openDatabase("sqlite::memory:");
    const rows = Array.from({ length: 250 }, (_, index) => row({ keyId: `key_${index}` }));
    await addUsage(other, batch(rows));
    const retention = { minute: HOUR_MS, hour: DAY_MS, day: 30 * DAY_MS };
    const now = NOON + 2 * HOUR_MS;
    let [after, rounds] = [0, 0];
    do {
      after = await pruneUsage(other, retention, now, after);
      rounds++;
    } while (after !== 0);
    expect(rounds).toBe(3);
    const left = async (bucket: "minute" | "hour" | "day") => (await read(other, { ...all, bucket })).length;
    expect([await left("minute"), await left("hour"), await left("day")]).toEqual([0, 1, 1]);
    await other.destroy();
  });

  it("is removed some at a time, where much of one series is old", async () => {
    const other = await openDatabase("sqlite::memory:");
    const rows = Array.from({ length: 5_000 }, (_, index) => row({ minute: NOON + index * MINUTE_MS }));
    await addUsage(other, batch(rows));
    const left = async () => {
      const { rows: found } = await sql<{ n: number }>`select count(*) as n from usage_minutes`.execute(other);
      return found[0]?.n;
    };
    const counts = [];
    for (let round = 0; round < 4; round++) {
      await pruneUsage(other, { minute: HOUR_MS, hour: DAY_MS, day: DAY_MS }, NOON + 100 * DAY_MS, 0);
      counts.push(await left());
    }
    expect(counts).toEqual([3_000, 1_000, 0, 0]);
    await other.destroy();
  });

  it("empties no keyring when it is written", async () => {
    const store = await openStore("sqlite::memory:");
    const before = store.changes.version();
    await addUsage(store.db, batch([row()]));
    expect(store.changes.version()).toBe(before);
    await store.db.destroy();
  });
});

describe("a report on much usage", () => {
  it("is read in slices, and given up when more is added up than its bound allows", async () => {
    const many = await openDatabase("sqlite::memory:");
    const rows = Array.from({ length: 3_000 }, (_, n) => row({ operation: `op${n}`, clientId: `client_${n % 3}` }));
    await addUsage(many, batch(rows));
    const query = { ...all, bucket: "day", groupBy: ["client"] } as const;
    const { result: whole, turns } = await turnsDuring(readUsage(many, query, { points: 100, counts: 3_000 }));
    expect(whole.counts).toBe(3_000);
    expect(whole.sum.toSeries().map(({ points }) => points.reduce((sum, { requests }) => sum + requests, 0))).toEqual([
      1_000, 1_000, 1_000,
    ]);
    expect(turns).toBeGreaterThanOrEqual(3);

    expect((await readUsage(many, query, { points: 100, counts: 999 })).counts).toBeLessThan(3_000);
    const ofOne = await readUsage(
      many,
      { ...query, where: { client: "client_1", operation: "op4" } },
      { points: 100, counts: 9 },
    );
    expect(ofOne.counts).toBe(1);
    await many.destroy();
  });
});
