import { join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import type { KeyChanges } from "../../../src/keys/key-changes.ts";
import { type Changes, createChanges } from "../../../src/store/changes/changes.ts";
import { insertClient } from "../../../src/store/clients.ts";
import { openStore } from "../../../src/store/database/database.ts";
import { StoreFailure } from "../../../src/store/database/failure.ts";
import type { Database } from "../../../src/store/database/schema.ts";
import { transact } from "../../../src/store/database/transact.ts";
import { insertKey } from "../../../src/store/keys.ts";
import { aClient, aKey } from "../../support/builders.ts";
import { temporaryFolder } from "../../support/temporary.ts";

/** Columns that say nothing about what a key may do, and so must not count. */
const UNCOUNTED: readonly string[] = [];

const path = join(temporaryFolder(), "latchkey.db");
let db: Database;
let changes: Changes;
let other: DatabaseSync;

beforeAll(async () => {
  ({ db, changes } = await openStore(`sqlite:${path}`));
  await insertClient(db, aClient());
  await insertKey(db, aKey());
  // To SQLite it makes no difference whether another process or another connection writes.
  other = new DatabaseSync(path);
  other.exec("CREATE TABLE elsewhere (x)");
});
afterAll(async () => {
  other.close();
  await db.destroy();
});

/** Does `work` move the version? */
async function moves(work: () => unknown): Promise<boolean> {
  const before = changes.version();
  await work();
  return changes.version() !== before;
}

const byThis = (words: string) => () => sql.raw(words).execute(db);
const byOther = (words: string) => () => other.exec(words);

const NEW_NAME = "UPDATE keys SET name = name || '!'";

describe("the version of keys and clients", () => {
  it("stays while there are no writes", async () => {
    expect(await moves(() => {})).toBe(false);
    expect(await moves(byThis("SELECT * FROM keys"))).toBe(false);
  });

  describe.each([
    ["this process", byThis],
    ["another process", byOther],
  ])("moves (%s) with", (_whose, write) => {
    it.each([
      ["a new client", "INSERT INTO clients (id, name, metadata, created_at) VALUES ('client_b', 'b', '{}', 0)"],
      [
        "a new key",
        `INSERT INTO keys (id, client_id, name, environment, scopes, digest, last_four, created_at, metadata)
       VALUES ('key_b', 'client_b', 'b', 'live', '[]', 'sha256:b', 'bbbb', 0, '{}')`,
      ],
      ["an update of many keys", NEW_NAME],
      ["a key that is gone", "DELETE FROM keys WHERE id = 'key_b'"],
      ["a client that is gone", "DELETE FROM clients WHERE id = 'client_b'"],
    ])("%s", async (_what, words) => {
      expect(await moves(write(words))).toBe(true);
    });
  });

  it.each(["keys", "clients"])("moves with every column of %s, except those that are named here", async (table) => {
    const columns = other.prepare("SELECT name FROM pragma_table_info(?)").all(table) as { name: string }[];
    expect(columns.length).toBeGreaterThan(4);
    for (const { name } of columns) {
      const isCounted = !UNCOUNTED.includes(`${table}.${name}`);
      const words = `UPDATE ${table} SET ${name} = ${name}`;
      expect([name, await moves(byThis(words)), await moves(byOther(words))]).toEqual([name, isCounted, isCounted]);
    }
  });

  it("stays when something else is written", async () => {
    expect(await moves(byThis("INSERT INTO elsewhere VALUES (1)"))).toBe(false);
    expect(await moves(byOther("DELETE FROM elsewhere"))).toBe(false);
    expect(await moves(byOther("UPDATE keys SET name = 'x' WHERE id = 'unknown'"))).toBe(false);
  });
});

describe("a change within a transaction", () => {
  it("of another process counts from its commit on", async () => {
    expect(await moves(byOther(`BEGIN IMMEDIATE; ${NEW_NAME}`))).toBe(false);
    expect(await moves(byOther("COMMIT"))).toBe(true);
  });

  it("of another process that is rolled back does not count", async () => {
    expect(await moves(byOther(`BEGIN IMMEDIATE; ${NEW_NAME}; ROLLBACK`))).toBe(false);
  });

  it("of this process counts from its commit on, also when the version was read before", async () => {
    let within = 0;
    const moved = await moves(() =>
      transact(db, async (tx) => {
        await sql.raw(NEW_NAME).execute(tx);
        within = changes.version();
      }),
    );
    expect(moved).toBe(true);
    expect(changes.version()).not.toBe(within);
  });

  it("of this process is seen inside its next one", async () => {
    const before = changes.version();
    await sql.raw(NEW_NAME).execute(db);
    await transact(db, async () => {
      expect(changes.version()).not.toBe(before);
    });
  });

  it("of this process does not count when it changes no keys or clients", async () => {
    const before = changes.version();
    await transact(db, async (tx) => {
      await sql`INSERT INTO elsewhere VALUES (2)`.execute(tx);
      expect(changes.version()).toBe(before);
    });
    expect(changes.version()).toBe(before);
  });

  it.each([
    ["this process", byThis],
    ["another process", byOther],
  ])(
    "of this process that is rolled back hides no later one (by %s), even if the version was not read in between",
    async (_, write) => {
      let within = 0;
      const undone = transact(db, async (tx) => {
        await sql.raw(NEW_NAME).execute(tx);
        within = changes.version();
        throw new Error("changed my mind");
      });
      await expect(undone).rejects.toThrow("changed my mind");
      await write(NEW_NAME)();
      expect(changes.version()).not.toBe(within);
    },
  );

  it("of another process is seen inside a later one of this process", async () => {
    const before = changes.version();
    other.exec(NEW_NAME);
    await transact(db, async () => {
      expect(changes.version()).not.toBe(before);
    });
  });

  it("of this process is seen after one of another process was seen inside it", async () => {
    other.exec(NEW_NAME);
    let within = 0;
    await transact(db, async (tx) => {
      await sql.raw(NEW_NAME).execute(tx);
      within = changes.version();
    });
    expect(changes.version()).not.toBe(within);
  });
});

describe("what changed since an earlier version", () => {
  /** The changes that `work` makes, as a keyring learns them. */
  async function changed(work: () => unknown): Promise<KeyChanges> {
    const before = changes.version();
    await work();
    changes.version();
    return changes.since(before);
  }
  const named = (digests: readonly string[], clientIds: readonly string[] = []) =>
    ({ kind: "named", digests, clientIds }) as const;
  const { digest, client } = aKey();

  it.each([
    ["this process", byThis],
    ["another process", byOther],
  ])("names keys and clients (by %s)", async (_, write) => {
    expect(await changed(() => {})).toEqual(named([]));
    expect(await changed(write(NEW_NAME))).toEqual(named([digest]));
    expect(await changed(write("UPDATE clients SET plan = 'a'"))).toEqual(named([], [client.id]));
    expect(await changed(write(`UPDATE keys SET digest = 'sha256:moved'`))).toEqual(named(["sha256:moved", digest]));
    expect(await changed(write(`UPDATE keys SET digest = '${digest}'`))).toEqual(named([digest, "sha256:moved"]));
    const revocation = `INSERT INTO revocations (client_id, first_seq, last_seq, at, author) VALUES ('${client.id}', 0, 0, 0, '')`;
    expect(await changed(write(revocation))).toEqual(named([], [client.id]));
  });

  it.each(["keys", "clients"])("names the row of %s, whatever column is updated", async (table) => {
    const columns = other.prepare("SELECT name FROM pragma_table_info(?)").all(table) as { name: string }[];
    for (const { name } of columns) {
      const words = `UPDATE ${table} SET ${name} = ${name}`;
      expect(await changed(byOther(words))).toEqual(table === "keys" ? named([digest]) : named([], [client.id]));
    }
  });

  it("is everything once a row was replaced, because SQLite tells no trigger which one", async () => {
    const words = `INSERT OR REPLACE INTO keys SELECT * FROM keys`;
    other.exec("PRAGMA foreign_keys = OFF");
    expect(await changed(byOther(words))).toEqual({ kind: "all" });
    expect(await changed(byOther("INSERT OR REPLACE INTO clients SELECT * FROM clients"))).toEqual({ kind: "all" });
  });

  it("is everything once the log has lost the row that was read last", async () => {
    expect(await changed(byOther(`${NEW_NAME};`.repeat(999)))).toMatchObject({ kind: "named" });
    expect(await changed(byOther(`${NEW_NAME};`.repeat(1_000)))).toEqual({ kind: "all" });
    expect(await changed(byOther("DELETE FROM key_changes"))).toEqual({ kind: "all" });
    expect(await changed(byOther(NEW_NAME))).toEqual({ kind: "all" });
    expect(await changed(byOther(NEW_NAME))).toEqual(named([digest]));
  });

  it("is everything for a version before the previous one", async () => {
    const before = changes.version();
    for (let count = 0; count < 2; count++) {
      other.exec(NEW_NAME);
      changes.version();
    }
    expect(changes.since(before)).toEqual({ kind: "all" });
  });

  it("is everything once a copy that was made before took the place of the database, with as many changes", async () => {
    const copy = `${path}.copy`;
    await backup(other, copy);
    const beside = new DatabaseSync(copy);
    beside.exec(`${NEW_NAME};${NEW_NAME};${NEW_NAME}`);
    other.exec("UPDATE clients SET plan = 'b'");
    expect(await changed(() => backup(beside, path))).toEqual({ kind: "all" });
    beside.close();
  });

  it("includes a transaction whose end was not counted as a write", () => {
    const connection = new DatabaseSync(path);
    let writes = 0;
    const uncounted = createChanges(connection, () => writes);
    uncounted.version();
    connection.exec(`BEGIN; ${NEW_NAME}`);
    writes++;
    const within = uncounted.version();
    connection.exec("COMMIT");
    expect(uncounted.version()).not.toBe(within);
    connection.close();
  });
});

describe("the version while it cannot be told", () => {
  it("throws that the store is unavailable", async () => {
    const closed = await openStore("sqlite::memory:");
    await closed.db.destroy();
    expect(closed.changes.version).toThrow(StoreFailure);
  });

  it("never lags behind a query that is read only in part, for there are none", async () => {
    await expect(db.selectFrom("keys").selectAll().stream().next()).rejects.toThrow("page by page");
  });
});

describe("a database of its own, in memory,", () => {
  it("counts like any other", async () => {
    const inMemory = await openStore("sqlite::memory:");
    const before = inMemory.changes.version();
    await insertClient(inMemory.db, aClient());
    expect(inMemory.changes.version()).not.toBe(before);
    await inMemory.db.destroy();
  });
});
