import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { findClient, insertClient } from "../../../src/store/clients.ts";
import { openDatabase, StoreUnusable } from "../../../src/store/database/database.ts";
import { isAlive } from "../../../src/store/is-alive.ts";
import { findKey, insertKey } from "../../../src/store/keys.ts";
import { aClient, aKey } from "../../support/builders.ts";
import { competingProcesses } from "../../support/process/competing-processes.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();
let made = 0;

/** The path of a file that does not exist yet. */
const somewhere = () => join(folder, `${++made}.db`);

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

/** A database file with a client and a key. */
async function aDatabaseFile(): Promise<string> {
  const path = somewhere();
  const db = await openDatabase(`sqlite:${path}`);
  await insertClient(db, aClient());
  await insertKey(db, aKey());
  await db.destroy();
  return path;
}

/** Changes the file by SQL, without the store. */
function tamper(path: string, work: string) {
  const file = new DatabaseSync(path);
  file.exec(work);
  file.close();
}

/** The message for the operator. */
async function refusalOf(path: string): Promise<string> {
  const refusal = await openDatabase(`sqlite:${path}`).then(
    (db) => db.destroy(),
    (error: unknown) => error,
  );
  expect(refusal).toBeInstanceOf(StoreUnusable);
  const { message } = refusal as StoreUnusable;
  expect(message).not.toContain("\n");
  return message;
}

describe("a new database", () => {
  it("is a file, in a folder, that only its owner can read, and so are the files beside it", async () => {
    const path = join(folder, "deep", "er", "latchkey.db");
    const db = await openDatabase(`sqlite:${path}`);
    await insertClient(db, aClient());
    expect(modeOf(join(folder, "deep"))).toBe("700");
    expect(modeOf(join(folder, "deep", "er"))).toBe("700");
    expect(
      readdirSync(join(folder, "deep", "er")).map((name) => [name, modeOf(join(folder, "deep", "er", name))]),
    ).toEqual([
      ["latchkey.db", "600"],
      ["latchkey.db-shm", "600"],
      ["latchkey.db-wal", "600"],
    ]);
    await db.destroy();
  });

  it("leaves a folder that was there as open as it was", async () => {
    const shared = join(folder, "shared");
    mkdirSync(shared, { mode: 0o755 });
    await (await openDatabase(`sqlite:${join(shared, "latchkey.db")}`)).destroy();
    expect(modeOf(shared)).toBe("755");
    expect(modeOf(join(shared, "latchkey.db"))).toBe("600");
  });

  it("lets readers pass writers, and survives a power cut after every commit", async () => {
    const db = await openDatabase(`sqlite:${somewhere()}`);
    const pragmas = sql<object>`SELECT * FROM pragma_journal_mode, pragma_synchronous, pragma_foreign_keys`;
    const FULL = 2;
    expect((await pragmas.execute(db)).rows).toEqual([{ journal_mode: "wal", synchronous: FULL, foreign_keys: 1 }]);
    await db.destroy();
  });

  it("starts out of an empty file, too", async () => {
    const path = somewhere();
    writeFileSync(path, "", { mode: 0o644 });
    await (await openDatabase(`sqlite:${path}`)).destroy();
    expect(modeOf(path)).toBe("600");
  });

  it("can live in memory, each by itself", async () => {
    const [one, other] = [await openDatabase("sqlite::memory:"), await openDatabase("sqlite::memory:")];
    await insertClient(one, aClient());
    expect(await findClient(other, "acme")).toBeUndefined();
    expect(existsSync(":memory:")).toBe(false);
    await Promise.all([one.destroy(), other.destroy()]);
  });
});

describe("processes that open the same new database at once", () => {
  const race = competingProcesses();

  it("all succeed", async () => {
    for (let round = 0; round < 10; round++) {
      expect((await race(`sqlite:${somewhere()}`)).toSorted()).toEqual(["first", "late", "late"]);
    }
  });
});

describe("a database that was opened before", () => {
  it("still has what was put into it", async () => {
    const db = await openDatabase(`sqlite:${await aDatabaseFile()}`);
    expect(await findClient(db, "acme")).toEqual(aClient());
    expect(await findKey(db, aKey().id)).toEqual(aKey());
    await db.destroy();
  });

  it("is alive until it is closed", async () => {
    const db = await openDatabase(`sqlite:${await aDatabaseFile()}`);
    expect(await isAlive(db)).toBe(true);
    await db.destroy();
    expect(await isAlive(db)).toBe(false);
  });
});

describe("a migration that fails", () => {
  it("leaves nothing half done", async () => {
    const path = somewhere();
    const inTheWay = "PRAGMA application_id = 0x4c4b4559; CREATE TABLE keys_by_client (x)";
    tamper(path, inTheWay);
    expect(await refusalOf(path)).toContain("keys_by_client");

    const file = new DatabaseSync(path);
    expect(file.prepare("SELECT name FROM sqlite_master").all()).toEqual([{ name: "keys_by_client" }]);
    file.close();
    tamper(path, "DROP TABLE keys_by_client");
    await (await openDatabase(`sqlite:${path}`)).destroy();
  });
});

describe("a store is unusable, with a message of one line,", () => {
  it("when a newer version wrote it", async () => {
    const path = await aDatabaseFile();
    tamper(path, "INSERT INTO kysely_migration VALUES ('0099-from-the-future', '2099-01-01T00:00:00Z')");
    expect(await refusalOf(path)).toMatch(/newer version.*0099-from-the-future.*start that version/);
  });

  it.each([
    ["with tables", "CREATE TABLE songs (x); INSERT INTO songs VALUES (1)"],
    ["with tables and a signature", "PRAGMA application_id = 7; CREATE TABLE songs (x)"],
    ["with nothing but a signature", "PRAGMA application_id = 7"],
  ])("when it is another application's, %s; and leaves that as it was", async (_, work) => {
    const path = somewhere();
    writeFileSync(path, "", { mode: 0o644 });
    tamper(path, work);
    const before = readFileSync(path);
    expect(await refusalOf(path)).toMatch(/\.db is the database of another application: .*DATABASE_URL/);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(modeOf(path)).toBe("644");
  });

  it("when it is not a database, and leaves the file as it was", async () => {
    const path = somewhere();
    const text = "Dear diary, today I learned that SQLite reads a header first.\n".repeat(100);
    writeFileSync(path, text, { mode: 0o644 });
    expect(await refusalOf(path)).toMatch(/\.db is not an SQLite database: .*DATABASE_URL/);
    expect(readFileSync(path, "utf8")).toBe(text);
    expect(modeOf(path)).toBe("644");
  });

  it("when its schema is overwritten", async () => {
    const path = await aDatabaseFile();
    const bytes = readFileSync(path);
    const HEADER_BYTES = 100;
    writeFileSync(path, bytes.fill(0xff, HEADER_BYTES, 4096));
    expect(await refusalOf(path)).toMatch(/\.db is damaged: restore a backup/);
  });

  it("when it was cut off", async () => {
    const path = await aDatabaseFile();
    writeFileSync(path, readFileSync(path).subarray(0, 4096));
    expect(await refusalOf(path)).toMatch(/\.db is damaged: restore a backup/);
  });

  it("when it is a folder", async () => {
    expect(await refusalOf(folder)).toMatch(/is a folder: point DATABASE_URL to a file/);
  });

  it("when its folder is a file", async () => {
    const path = somewhere();
    writeFileSync(path, "");
    expect(await refusalOf(join(path, "latchkey.db"))).toMatch(/cannot be opened \((EEXIST|ENOTDIR)/);
    expect(await refusalOf(join(path, "below", "latchkey.db"))).toMatch(/cannot be opened \(ENOTDIR/);
  });
});
