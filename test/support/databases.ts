import { readFileSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { type Migration, Migrator } from "kysely/migration";
import { insertClient } from "../../src/store/clients.ts";
import { openDatabase } from "../../src/store/database/database.ts";
import type { Database } from "../../src/store/database/schema.ts";
import { APPLICATION_ID, toKysely } from "../../src/store/database/sqlite.ts";
import { insertKey } from "../../src/store/keys.ts";
import { listClients } from "../../src/store/list-clients.ts";
import { listKeys } from "../../src/store/list-keys.ts";
import * as firstMigration from "../../src/store/migrations/0001-clients-and-keys.ts";
import { aClient, aKey } from "./builders.ts";

/** Creates or opens the database at `path`, runs `work` with it, and closes it. */
export async function inDatabase<T>(path: string, work: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase(`sqlite:${path}`);
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}

/** Inserts a client of this name and a key for it. */
export async function insertHolder(db: Database, name: string): Promise<void> {
  const client = aClient({ id: `client_${name}`, name });
  await insertClient(db, client);
  await insertKey(db, aKey({ id: `key_${name}`, client, digest: `digest of ${name}` }));
}

/** The names of all clients, the oldest first. */
export const namesIn = (path: string) =>
  inDatabase(path, async (db) => (await listClients(db, { limit: 10_000 })).items.map(({ name }) => name).toReversed());

/** All keys, the oldest first. */
export const keysIn = (path: string) =>
  inDatabase(path, async (db) => (await listKeys(db, { limit: 10_000 })).items.toReversed());

/** Runs the SQL in `work` on the file, past the service. */
export function tamper(path: string, work: string) {
  const file = new DatabaseSync(path);
  file.exec(work);
  file.close();
}

const PAGE_BYTES = 4_096;
const HEADER_BYTES = 100;

/** Overwrites the first page, with its header or without. */
export function ruin(path: string, part: "schema" | "header") {
  writeFileSync(path, readFileSync(path).fill(0xff, part === "schema" ? HEADER_BYTES : 0, PAGE_BYTES));
}

/** Overwrites the root page of `table`. */
export function ruinRows(path: string, table: string) {
  const file = new DatabaseSync(path);
  const { rootpage } = file.prepare("SELECT rootpage FROM sqlite_master WHERE name = ?").get(table) as {
    readonly rootpage: number;
  };
  file.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  file.close();
  writeFileSync(path, readFileSync(path).fill(0xff, (rootpage - 1) * PAGE_BYTES, rootpage * PAGE_BYTES));
}

/** The result of SQLite's integrity check. */
export function verdictOn(path: string): unknown {
  const file = new DatabaseSync(path);
  try {
    return file.prepare("PRAGMA integrity_check").get()?.["integrity_check"];
  } finally {
    file.close();
  }
}

/**
 * Creates a database like an early version did, with a client and a key.
 * @param later further migrations that it had, by name.
 */
export async function makeFirstVersion(path: string, later: Readonly<Record<string, Migration>> = {}): Promise<void> {
  const file = new DatabaseSync(path);
  file.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  const db = toKysely(file);
  const provider = { getMigrations: async () => ({ "0001-clients-and-keys": firstMigration, ...later }) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) throw error;
  file.exec(`INSERT INTO clients (id, name, metadata, created_at) VALUES ('client_old', 'old', '{}', 1);
    INSERT INTO keys (id, client_id, name, environment, scopes, digest, last_four, created_at, metadata)
    VALUES ('key_old', 'client_old', 'old', 'live', '[]', 'old', 'oldd', 1, '{}')`);
  await db.destroy();
}
