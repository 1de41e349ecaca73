import {
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "@jest/globals";
import { backUp } from "../../../src/store/backup/backup.ts";
import { openDatabase, StoreUnusable } from "../../../src/store/database/database.ts";
import { aHeldClock, NOON } from "../../support/builders.ts";
import {
  inDatabase,
  insertHolder,
  keysIn,
  namesIn,
  ruin,
  ruinRows,
  tamper,
  verdictOn,
} from "../../support/databases.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const root = temporaryFolder();
let made = 0;

/** A folder of its own, with a database of two clients in it. */
async function aSetting() {
  const folder = join(root, String(++made));
  mkdirSync(folder);
  const path = join(folder, "latchkey.db");
  await inDatabase(path, async (db) => {
    await insertHolder(db, "acme");
    await insertHolder(db, "globex");
  });
  return { folder, path, file: join(folder, "backup.db") };
}

const take = (path: string, file: string, force = false) =>
  backUp(`sqlite:${path}`, file, { force, clock: aHeldClock() });

/** The message for the operator. */
async function refusalOf(attempt: Promise<unknown>): Promise<string> {
  const refusal = await attempt.catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(StoreUnusable);
  const { message } = refusal as StoreUnusable;
  expect(message).not.toContain("\n");
  return message;
}

describe("a backup", () => {
  it("has all that the database has, says how much, and is its owner's alone", async () => {
    const { folder, path, file } = await aSetting();
    const bytes = () => statSync(file).size;
    expect(await take(path, file)).toEqual({ file, bytes: bytes(), clients: 2, keys: 2, takenAt: NOON });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await keysIn(file)).toEqual(await keysIn(path));
    expect(readdirSync(folder).toSorted()).toEqual(["backup.db", "latchkey.db"]);
  });

  it("has what was written last, though the database still has it in its WAL file alone", async () => {
    const { path, file } = await aSetting();
    const db = await openDatabase(`sqlite:${path}`);
    await insertHolder(db, "late");
    await take(path, file);
    await db.destroy();
    expect(await namesIn(file)).toEqual(["acme", "globex", "late"]);
  });

  it("has what was in the WAL file of a service that was killed", async () => {
    const { folder, path, file } = await aSetting();
    const db = await openDatabase(`sqlite:${path}`);
    await insertHolder(db, "late");
    const killed = join(folder, "killed.db");
    for (const side of ["", "-wal"]) copyFileSync(path + side, killed + side);
    await db.destroy();
    await take(killed, file);
    expect(await namesIn(file)).toEqual(["acme", "globex", "late"]);
  });

  it("is one file that can be read in a read-only folder", async () => {
    const { path, file } = await aSetting();
    await take(path, file);
    const copy = new DatabaseSync(file, { readOnly: true });
    expect(copy.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "delete" });
    copy.close();
  });

  it("is of the instant at which it began, while others write, and waits for no lock", async () => {
    const { path, file } = await aSetting();
    const db = await openDatabase(`sqlite:${path}`);
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE; UPDATE clients SET name = 'renamed' WHERE name = 'acme'");
    const taken = take(path, file);
    other.exec("COMMIT");
    await insertHolder(db, "late");
    await taken;
    expect(await namesIn(file)).toEqual(["acme", "globex"]);
    expect(await namesIn(path)).toEqual(["renamed", "globex", "late"]);
    other.close();
    await db.destroy();
  });

  it("leaves the schema of the database as it is", async () => {
    const { path, file } = await aSetting();
    tamper(path, "DELETE FROM kysely_migration WHERE name > '0001-z'");
    await take(path, file);
    const before = new DatabaseSync(path);
    expect(before.prepare("SELECT count(*) AS n FROM kysely_migration").get()).toEqual({ n: 1 });
    before.close();
  });
});

describe("a file that exists already", () => {
  it("is left as it is, and replaced with force", async () => {
    const { path, file } = await aSetting();
    writeFileSync(file, "yesterday");
    expect(await refusalOf(take(path, file))).toBe(
      `${file} exists already: name another file, or replace it with --force.`,
    );
    expect(readFileSync(file, "utf8")).toBe("yesterday");
    await take(path, file, true);
    expect(await namesIn(file)).toEqual(["acme", "globex"]);
  });

  it("is left as it is with force, too, when the backup fails", async () => {
    const { folder, path, file } = await aSetting();
    writeFileSync(file, "yesterday");
    ruinRows(path, "keys");
    await refusalOf(take(path, file, true));
    expect(readFileSync(file, "utf8")).toBe("yesterday");
    expect(readdirSync(folder).toSorted()).toEqual(["backup.db", "latchkey.db"]);
  });

  it("is not written past another backup, unless forced, when that one was interrupted", async () => {
    const { path, file } = await aSetting();
    writeFileSync(`${file}.partial`, "half of");
    expect(await refusalOf(take(path, file))).toMatch(/\.partial exists already: .+ interrupted\. .+ --force\.$/);
    expect(readFileSync(`${file}.partial`, "utf8")).toBe("half of");
    await take(path, file, true);
    expect(await namesIn(file)).toEqual(["acme", "globex"]);
  });

  it("is never overwritten when it is the database, under any name", async () => {
    const { folder, path } = await aSetting();
    const [soft, hard] = [join(folder, "soft.db"), join(folder, "hard.db")];
    symlinkSync(path, soft);
    linkSync(path, hard);
    const db = await openDatabase(`sqlite:${path}`);
    for (const file of [path, soft, hard, `${path}-wal`, join(folder, ".", "latchkey.db-shm")]) {
      expect(await refusalOf(take(path, file, true))).toMatch(/belongs to the database itself: name another file\.$/);
      expect(await refusalOf(take(soft, file, true))).toMatch(/belongs to the database itself: name another file\.$/);
    }
    await db.destroy();
    expect(await namesIn(path)).toEqual(["acme", "globex"]);
  });

  it("is never overwritten when it is not a file", async () => {
    const { folder, path } = await aSetting();
    expect(await refusalOf(take(path, folder, true))).toMatch(/is not a file: name a file\.$/);
  });
});

describe("a backup is refused, in one line,", () => {
  it("when there is no database, and none is made", async () => {
    const { folder, file } = await aSetting();
    expect(await refusalOf(take(join(folder, "nothing.db"), file))).toMatch(/^There is no database .+ DATABASE_URL/);
    expect(readdirSync(folder)).toEqual(["latchkey.db"]);
  });

  it("when the database is in memory", async () => {
    const { file } = await aSetting();
    expect(await refusalOf(take(":memory:", file))).toMatch(/^The database is in memory .+ DATABASE_URL/);
  });

  it.each([
    ["is damaged", /is damaged \(.+\): restore a backup/, (path: string) => ruin(path, "schema")],
    [
      "is damaged where only a full check looks",
      /is damaged \(.+\): restore a backup/,
      (path: string) => ruinRows(path, "keys"),
    ],
    ["is not a database", /is not an SQLite database: /, (path: string) => ruin(path, "header")],
    ["is empty", /is empty: /, (path: string) => writeFileSync(path, "")],
    [
      "belongs to another application",
      /is the database of another application: /,
      (path: string) => tamper(path, "PRAGMA application_id = 7"),
    ],
    [
      "is of a newer version",
      /written by a newer version \(its schema has 0099-x\): use that version's latchkey/,
      (path: string) => tamper(path, "INSERT INTO kysely_migration VALUES ('0099-x', '2099-01-01')"),
    ],
  ])("when the database %s, and nothing is left", async (_, words, harm) => {
    const { folder, path, file } = await aSetting();
    harm(path);
    const message = await refusalOf(take(path, file));
    expect(message).toMatch(words);
    expect(message).toContain(`The database ${path} `);
    expect(readdirSync(folder)).toEqual(["latchkey.db"]);
  });

  it("when the folder is not there, is a file, or may not be written", async () => {
    const { folder, path } = await aSetting();
    const shut = process.getuid?.() === 0 ? "/sys" : join(folder, "shut");
    if (shut !== "/sys") mkdirSync(shut, { mode: 0o500 });
    expect(await refusalOf(take(path, join(folder, "no", "b.db")))).toMatch(
      /cannot be written: its folder does not exist/,
    );
    expect(await refusalOf(take(path, join(path, "b.db")))).toMatch(/cannot be written: its folder is a file/);
    expect(await refusalOf(take(path, join(shut, "b.db")))).toMatch(/cannot be written: give this user the right/);
    expect(await refusalOf(take(path, join(folder, "b".repeat(250))))).toMatch(
      /cannot be written: its name is too long/,
    );
  });
});

describe("backups to one file at the same time", () => {
  it("are noticed: what another one is writing is neither renamed nor removed", async () => {
    const { folder, path, file } = await aSetting();
    // The clock is read once the file is reserved.
    const now = () => {
      writeFileSync(join(folder, "another"), "");
      renameSync(join(folder, "another"), `${file}.partial`);
      return NOON;
    };
    const attempt = backUp(`sqlite:${path}`, file, { force: true, clock: { now } });
    expect(await refusalOf(attempt)).toMatch(/^Another backup to .+ has started: run one at a time\.$/);
    expect(readdirSync(folder).toSorted()).toEqual(["backup.db.partial", "latchkey.db"]);
  });

  it("never leave a file that is not whole", async () => {
    const { path, file } = await aSetting();
    await Promise.allSettled([1, 2, 3, 4].map(() => take(path, file, true)));
    await take(path, file, true);
    expect(verdictOn(file)).toBe("ok");
    expect(await namesIn(file)).toEqual(["acme", "globex"]);
  });
});
