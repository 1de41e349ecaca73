import {
  closeSync,
  copyFileSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { backUp } from "../../../src/store/backup/backup.ts";
import { insertClient } from "../../../src/store/clients.ts";
import { openStore, type Store } from "../../../src/store/database/database.ts";
import { StoreLost } from "../../../src/store/database/database-file.ts";
import { StoreFailure } from "../../../src/store/database/failure.ts";
import { noteSeen } from "../../../src/store/database/store-state.ts";
import { transact } from "../../../src/store/database/transact.ts";
import { aClient, aHeldClock } from "../../support/builders.ts";
import { inDatabase, insertHolder } from "../../support/databases.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();
let made = 0;
let store: Store | undefined;

afterEach(async () => {
  await store?.db.destroy();
  store = undefined;
});

const somewhere = () => join(folder, `${++made}.db`);

/** An open store with a first row, and its path. */
async function anOpenStore(path = somewhere()) {
  store = await openStore(`sqlite:${path}`);
  await insertHolder(store.db, `first${++made}`);
  return { store, path };
}

/** A change, as the service and the command line make them. */
const change = ({ db }: Store) =>
  transact(db, (tx) => insertClient(tx, aClient({ id: `client_${++made}`, name: `client ${made}` })));

/** Another Latchkey database at `path`, closed. */
async function anotherDatabase(path = somewhere()) {
  await inDatabase(path, (db) => insertHolder(db, "another"));
  return path;
}

const backedUp = async (path: string) => {
  const copy = somewhere();
  await backUp(`sqlite:${path}`, copy, { force: false, clock: aHeldClock() });
  return copy;
};

type Harm = (path: string) => Promise<void> | void;
const LOSSES: Readonly<Record<string, Harm>> = {
  removed: (path) => unlinkSync(path),
  "removed with all that lies beside it": (path) => {
    for (const side of ["", "-wal", "-shm"]) rmSync(path + side);
  },
  renamed: (path) => renameSync(path, `${path}.old`),
  "replaced by rename": async (path) => renameSync(await anotherDatabase(), path),
  "replaced by a copy of itself": (path) => {
    copyFileSync(path, `${path}.copy`);
    renameSync(`${path}.copy`, path);
  },
  "without its WAL file": (path) => rmSync(`${path}-wal`),
  "without its index": (path) => rmSync(`${path}-shm`),
  "overwritten by another database": async (path) => copyFileSync(await anotherDatabase(), path),
  "overwritten by something else": (path) => writeFileSync(path, "not a database".repeat(1_000)),
  emptied: (path) => writeFileSync(path, ""),
};

/** Applies `harm` to the file, then tries a change, the keyring's freshness check and a query. */
async function expectLost({ store, path }: Awaited<ReturnType<typeof anOpenStore>>, harm: Harm) {
  await harm(path);
  await expect(change(store)).rejects.toMatchObject({ message: expect.stringMatching(/^The (database|store) /) });
  await expect(store.databaseFile.inspect()).rejects.toThrow(StoreLost);
  expect(() => store.changes.version()).toThrow(StoreLost);
  await expect(store.db.selectFrom("keys").select("id").execute()).rejects.toThrow(StoreLost);
  await expect(change(store)).rejects.toThrow(/docs\/recovery\.md/);
}

describe("a database file under an open store", () => {
  it.each(Object.entries(LOSSES))("that is %s is lost: nothing is acknowledged, nothing is read", async (_, harm) => {
    await expectLost(await anOpenStore(), harm);
  });

  it("is lost when an older backup of the same database is copied over it", async () => {
    const opened = await anOpenStore();
    const copy = await backedUp(opened.path);
    await change(opened.store);
    await expectLost(opened, (path) => copyFileSync(copy, path));
  });

  it("is lost when a copy is put over it that any program made with SQLite", async () => {
    const opened = await anOpenStore();
    const copy = somewhere();
    const other = new DatabaseSync(opened.path);
    other.exec(`VACUUM INTO '${copy}'`);
    other.close();
    await expectLost(opened, (path) => copyFileSync(copy, path));
  });

  it("is lost when another database is copied over it that has come further, and none of it is in the WAL", async () => {
    const opened = await anOpenStore();
    const other = await anotherDatabase();
    const elsewhere = (path: string, counter: number) => {
      const beside = new DatabaseSync(path);
      beside.exec(`UPDATE changes SET counter = ${counter}; PRAGMA wal_checkpoint(TRUNCATE)`);
      beside.close();
    };
    elsewhere(other, 100);
    // Another process writes, so this one reads all of it from the file from then on.
    elsewhere(opened.path, 50);
    await expectLost(opened, (path) => copyFileSync(other, path));
  });

  it("is lost when an older state of the file itself is put back", async () => {
    const opened = await anOpenStore();
    const checkpoint = () => sql`pragma wal_checkpoint(truncate)`.execute(opened.store.db);
    await checkpoint();
    copyFileSync(opened.path, `${opened.path}.older`);
    await change(opened.store);
    await checkpoint();
    await change(opened.store);
    await expectLost(opened, (path) => copyFileSync(`${path}.older`, path));
  });

  it("is lost when it goes away within a transaction, before that is acknowledged", async () => {
    const { store, path } = await anOpenStore();
    const changing = transact(store.db, async (tx) => {
      await insertClient(tx, aClient({ id: "client_late", name: "late" }));
      unlinkSync(path);
    });
    await expect(changing).rejects.toThrow(StoreLost);
  });

  it("stays lost when it is put back, until it is opened again", async () => {
    const { store, path } = await anOpenStore();
    renameSync(path, `${path}.away`);
    await expect(change(store)).rejects.toThrow(StoreLost);
    renameSync(`${path}.away`, path);
    await expect(change(store)).rejects.toThrow(StoreLost);
    await store.db.destroy();
    const again = await anOpenStore(path);
    await change(again.store);
  });

  it("is lost when the link that leads to it leads elsewhere", async () => {
    const link = somewhere();
    symlinkSync(await anotherDatabase(), link);
    await expectLost(await anOpenStore(link), async (path) => {
      const other = await anotherDatabase();
      unlinkSync(path);
      symlinkSync(other, path);
    });
  });

  it("is not lost by normal use: checkpoints, other processes, a backup, a touch", async () => {
    const { store, path } = await anOpenStore();
    const watched = async (harm: Harm) => {
      await harm(path);
      await store.databaseFile.inspect();
      await change(store);
      await store.databaseFile.inspect();
    };
    const other = new DatabaseSync(path);
    for (const statement of [
      "PRAGMA wal_checkpoint(PASSIVE)",
      "UPDATE changes SET counter = counter + 5",
      "PRAGMA wal_checkpoint(TRUNCATE)",
      "CREATE TABLE elsewhere (a); DROP TABLE elsewhere; PRAGMA wal_checkpoint(TRUNCATE)",
      "VACUUM; PRAGMA wal_checkpoint(TRUNCATE)",
    ])
      await watched(() => other.exec(statement));
    other.close();
    await watched(() => inDatabase(path, (db) => insertHolder(db, "beside")));
    await watched(async () => void (await backedUp(path)));
    await watched(() => utimesSync(path, 1, 1));
  });

  it("is looked into without keeping files open, and without giving up the lock on it", async () => {
    const { store, path } = await anOpenStore();
    await store.databaseFile.inspect();
    const open = () => readdirSync("/proc/self/fd").length;
    const before = process.platform === "linux" ? open() : 0;
    for (let looks = 0; looks < 50; looks++) await store.databaseFile.inspect();
    if (process.platform === "linux") expect(open()).toBe(before);
    const other = new DatabaseSync(path);
    // Leaving WAL mode takes exclusive access to the file.
    expect(() => other.exec("PRAGMA journal_mode = DELETE")).toThrow("locked");
    other.close();
  });
});

/**
 * A checkpoint of the file by another process, in two parts: after the first page, which tells the new size, the file
 * is too short until the rest is written.
 */
function aCheckpoint(path: string) {
  const other = new DatabaseSync(path);
  other.exec("PRAGMA wal_autocheckpoint = 0; CREATE TABLE large (a); INSERT INTO large VALUES (zeroblob(100000))");
  const copy = somewhere();
  for (const side of ["", "-wal"]) copyFileSync(path + side, copy + side);
  other.close();
  const copied = new DatabaseSync(copy);
  copied.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  copied.close();
  const whole = readFileSync(copy);
  const firstPage = whole.subarray(0, 4096);
  const write = (part: Buffer, position: number) => {
    const file = openSync(path, "r+");
    writeSync(file, part, 0, part.length, position);
    closeSync(file);
  };
  return { begin: () => write(firstPage, 0), end: () => write(whole.subarray(firstPage.length), firstPage.length) };
}

describe("a database file in the middle of a checkpoint by another process", () => {
  /** Lets `work` run into the checkpoint, which ends some turns of the event loop later. */
  const during = async <T>(path: string, work: () => Promise<T> | T) => {
    const checkpoint = aCheckpoint(path);
    checkpoint.begin();
    const running = Promise.resolve(work());
    let isOver = false;
    const watched = running.finally(() => {
      isOver = true;
    });
    watched.catch(() => {});
    for (let turn = 0; turn < 10; turn++) await nextTurn();
    const wasOver = isOver;
    checkpoint.end();
    return { wasOver, result: await watched };
  };

  it.each<[string, (store: Store) => Promise<unknown> | unknown]>([
    ["a change", change],
    ["a change without a transaction", ({ db }) => sql`update store_state set seen_at = 5`.execute(db)],
    ["a change that does not wait for the disk", ({ db }) => noteSeen(db, 5, 5)],
    ["an inspection", ({ databaseFile }) => databaseFile.inspect()],
  ])("is waited for by %s", async (_, work) => {
    const { store, path } = await anOpenStore();
    expect(await during(path, () => work(store))).toMatchObject({ wasOver: false });
    expect(store.databaseFile.loss()).toBeUndefined();
    await change(store);
  });

  it("that stays like that is damaged: after some seconds the change is refused, and then the file is lost", async () => {
    const { store, path } = await anOpenStore();
    aCheckpoint(path).begin();
    const failure = await change(store).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StoreFailure);
    expect(failure).not.toBeInstanceOf(StoreLost);
    expect(failure).toMatchObject({ isBusy: false, cause: { message: `${path} is damaged` } });
    await expect(store.databaseFile.inspect()).rejects.toThrow(StoreLost);
    await expect(change(store)).rejects.toThrow(StoreLost);
  });

  it("is waited for at the end: nothing is set aside", async () => {
    const { store, path } = await anOpenStore();
    await during(path, () => store.db.destroy());
    expect(store.databaseFile.loss()).toBeUndefined();
    const again = await anOpenStore(path);
    await change(again.store);
  });
});
