import { chmodSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Migrator } from "kysely/migration";
import { type Changes, createChanges } from "../changes/changes.ts";
import { createPrepareRead, type PrepareRead } from "../changes/committed-read.ts";
import * as clientsAndKeys from "../migrations/0001-clients-and-keys.ts";
import * as changes from "../migrations/0002-changes.ts";
import * as auditEvents from "../migrations/0003-audit-events.ts";
import * as keyLifecycle from "../migrations/0004-key-lifecycle.ts";
import * as search from "../migrations/0005-search.ts";
import * as limits from "../migrations/0006-limits.ts";
import * as usage from "../migrations/0007-usage.ts";
import * as storeState from "../migrations/0008-store-state.ts";
import * as revocations from "../migrations/0009-revocations.ts";
import * as keyChanges from "../migrations/0010-key-changes.ts";
import * as usageJournal from "../migrations/0011-usage-journal.ts";
import * as requestViolations from "../migrations/0012-request-violations.ts";
import * as backupAndHeartbeat from "../migrations/0013-backup-and-heartbeat.ts";
import { type DatabaseFile, UNWATCHED_FILE, watchDatabaseFile } from "./database-file.ts";
import { preparePlace } from "./database-place.ts";
import { errorFactsOf, isLocked, primaryCodeOf, StoreFailure } from "./failure.ts";
import { readValue, toInteger } from "./read-value.ts";
import type { Database } from "./schema.ts";
import { APPLICATION_ID, setUp, toKysely } from "./sqlite.ts";
import { transact } from "./transact.ts";
import { waitForLock } from "./wait-for-lock.ts";

/** The store cannot be opened. The message is one line for the operator: the problem, then the fix. */
export class StoreUnusable extends Error {}

/** The file was replaced by another one while this process waited for its lock. */
class Replaced extends Error {}

/** The path of a database that ends with its process. */
export const IN_MEMORY = ":memory:";

/** In order; never edited after a release. */
const MIGRATIONS = {
  "0001-clients-and-keys": clientsAndKeys,
  "0002-changes": changes,
  "0003-audit-events": auditEvents,
  "0004-key-lifecycle": keyLifecycle,
  "0005-search": search,
  "0006-limits": limits,
  "0007-usage": usage,
  "0008-store-state": storeState,
  "0009-revocations": revocations,
  "0010-key-changes": keyChanges,
  "0011-usage-journal": usageJournal,
  "0012-request-violations": requestViolations,
  "0013-backup-and-heartbeat": backupAndHeartbeat,
};

/** A database, a look at the changes to its keys, reads without waiting, and a watch over its file. */
export type Store = {
  readonly db: Database;
  readonly changes: Changes;
  readonly prepareRead: PrepareRead;
  readonly databaseFile: DatabaseFile;
  /** There was no database before. */
  readonly isNew: boolean;
};

/** Opens the database like `openStore`, for callers that cache nothing of it. */
export async function openDatabase(url: string): Promise<Database> {
  return (await openStore(url)).db;
}

/**
 * Opens the database, creates it where there is none, and migrates its schema.
 * @param url `sqlite:PATH`, or `sqlite::memory:` for one that ends with the process.
 * @throws StoreUnusable
 */
export async function openStore(url: string): Promise<Store> {
  const path = url.slice("sqlite:".length);
  const { connection, inode } = await connect(path);
  let writes = 0;
  let databaseFile = UNWATCHED_FILE;
  const db = toKysely(connection, { onWrite: () => writes++, databaseFile: () => databaseFile });
  try {
    await waitForLock(() => claim(connection, path, inode), isLocked);
    await migrate(db);
    if (path !== IN_MEMORY) databaseFile = watchDatabaseFile(connection, resolve(path));
    const { throwIfLost } = databaseFile;
    return {
      db,
      changes: createChanges(connection, () => writes, throwIfLost),
      prepareRead: createPrepareRead(connection, throwIfLost),
      databaseFile,
      isNew: inode === undefined,
    };
  } catch (cause) {
    connection.close();
    if (cause instanceof Replaced) return openStore(url);
    throw cause instanceof StoreUnusable ? cause : unusable(path, cause);
  }
}

/** @returns with the `inode` of a file that existed before; undefined for a new one. */
async function connect(
  path: string,
): Promise<{ readonly connection: DatabaseSync; readonly inode: bigint | undefined }> {
  try {
    const problem = path === IN_MEMORY ? undefined : await preparePlace(path);
    if (problem !== undefined) throw new StoreUnusable(`The database ${path} ${problem}.`);
    const inode = inodeOf(path);
    return { connection: new DatabaseSync(path), inode };
  } catch (cause) {
    throw cause instanceof StoreUnusable ? cause : unusable(path, cause);
  }
}

function inodeOf(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}

/** Checks that the file belongs to this service before it changes anything. A lock of another process is thrown. */
function claim(connection: DatabaseSync, path: string, inode: bigint | undefined) {
  // In this order: a service sets the application id before it creates tables.
  const tables = readValue(connection, "SELECT count(*) FROM sqlite_master", toInteger);
  // A restore renames files while it holds the lock. This connection would write beside the new file.
  if (inode !== undefined && inodeOf(path) !== inode) throw new Replaced();
  const applicationId = readValue(connection, "PRAGMA application_id", toInteger);
  const isNew = tables === 0 && applicationId === 0;
  if (!isNew && applicationId !== APPLICATION_ID) {
    throw new StoreUnusable(`${path} is the database of another application: point DATABASE_URL to another file.`);
  }
  if (isNew) connection.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  // Digests and names are private; SQLite gives the WAL file the mode of this one.
  if (path !== IN_MEMORY) chmodSync(path, 0o600);
  setUp(connection);
}

async function migrate(db: Database) {
  // One transaction that takes the write lock first: two processes that start together migrate one after the other.
  await transact(db, async (tx) => {
    await refuseNewer(tx);
    const migrator = new Migrator({ db: tx, provider: { getMigrations: async () => MIGRATIONS } });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
  });
}

async function refuseNewer(db: Database) {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === "kysely_migration")) return;

  const done = await db
    .withTables<{ kysely_migration: { name: string } }>()
    .selectFrom("kysely_migration")
    .select("name")
    .execute();
  const unknown = findUnknownMigration(done.map(({ name }) => name));
  if (unknown !== undefined) {
    throw new StoreUnusable(
      `The database was written by a newer version (its schema has ${unknown}): start that version, or restore a backup.`,
    );
  }
}

/** Which of these migrations only a newer version has, if any. */
export function findUnknownMigration(names: readonly string[]): string | undefined {
  return names.find((name) => !Object.hasOwn(MIGRATIONS, name));
}

/** Which migrations are not among these. */
export function findMissingMigrations(names: readonly string[]): readonly string[] {
  return Object.keys(MIGRATIONS).filter((name) => !names.includes(name));
}

function unusable(path: string, cause: unknown): StoreUnusable {
  const origin = cause instanceof StoreFailure ? cause.cause : cause;
  const reason = REASONS[primaryCodeOf(origin) ?? -1] ?? `cannot be opened (${errorFactsOf(origin).message})`;
  return new StoreUnusable(`The database ${path} ${reason}.`, { cause });
}

/** By SQLite's primary result code. */
const REASONS: Readonly<Record<number, string>> = {
  5: "is locked by another process: wait until it is done, or end it",
  8: "cannot be written: give this user the right to write the file and its folder",
  10: "cannot be read or written: check the disk",
  11: "is damaged: restore a backup, or start with another file",
  13: "does not fit on the disk: free some space",
  14: "cannot be opened: its folder must exist, and this user must have the right to write there",
  26: "is not an SQLite database: point DATABASE_URL to another file",
};
