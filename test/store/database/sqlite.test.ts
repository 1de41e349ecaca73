import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { UNWATCHED_FILE } from "../../../src/store/database/database-file.ts";
import { unavailable } from "../../../src/store/database/failure.ts";
import type { Database } from "../../../src/store/database/schema.ts";
import { setUp, toKysely } from "../../../src/store/database/sqlite.ts";
import { transact, transactUnsynced } from "../../../src/store/database/transact.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const path = join(temporaryFolder(), "latchkey.db");
const insert = (db: Database) => sql`insert into t values (1)`.execute(db);

let other: DatabaseSync;
let db: Database;
/** What happened, in order: each check of the file, and how many rows were committed by then. */
let checks: number[];
let check: () => Promise<void>;

const committed = () => Number(other.prepare("SELECT count(*) AS rows FROM t").get()?.["rows"]);

beforeEach(() => {
  other = new DatabaseSync(path);
  setUp(other);
  other.exec("DROP TABLE IF EXISTS t; CREATE TABLE t (a)");
  checks = [];
  check = async () => {};
  const connection = new DatabaseSync(path);
  setUp(connection);
  const file = {
    ...UNWATCHED_FILE,
    check: () => {
      checks.push(committed());
      return check();
    },
  };
  db = toKysely(connection, { onWrite: () => {}, databaseFile: () => file });
});

afterEach(async () => {
  await db.destroy();
  other.close();
});

describe("the check of the database file", () => {
  it.each<[string, () => Promise<unknown>]>([
    ["a transaction", () => transact(db, insert)],
    ["a transaction that does not wait for the disk", () => transactUnsynced(db, insert)],
    ["a change outside of a transaction", () => insert(db)],
  ])("comes once before and once after the commit of %s", async (_, work) => {
    await work();
    expect(checks).toEqual([0, 1]);
  });

  it("holds up the commit, and then its acknowledgement", async () => {
    let pass = () => {};
    check = () =>
      new Promise((resolve) => {
        pass = resolve;
      });
    let isAcknowledged = false;
    const writing = transact(db, insert).then(() => {
      isAcknowledged = true;
    });
    const seen: [number, boolean][] = [];
    for (const expected of [1, 2]) {
      while (checks.length < expected) await nextTurn();
      for (let turn = 0; turn < 5; turn++) await nextTurn();
      seen.push([committed(), isAcknowledged]);
      pass();
    }
    await writing;
    expect(seen).toEqual([
      [0, false],
      [1, false],
    ]);
  });

  it("that fails before the commit takes the change back; the next transaction is like any other", async () => {
    const failure = unavailable(new Error("no more files can be opened"));
    check = () => Promise.reject(failure);
    await expect(transact(db, insert)).rejects.toBe(failure);
    await expect(transactUnsynced(db, insert)).rejects.toBe(failure);
    await expect(insert(db)).rejects.toBe(failure);
    expect(committed()).toBe(0);
    check = async () => {};
    await transact(db, insert);
    expect(committed()).toBe(1);
  });

  it("that fails leaves the next transactions waiting for the disk", async () => {
    check = () => Promise.reject(unavailable(new Error("no more files can be opened")));
    await expect(transactUnsynced(db, insert)).rejects.toThrow();
    const { rows } = await sql`pragma synchronous`.execute(db);
    expect(rows).toEqual([{ synchronous: 2 }]);
  });

  it("is not made for reads", async () => {
    await sql`select * from t`.execute(db);
    expect(checks).toEqual([]);
  });
});
