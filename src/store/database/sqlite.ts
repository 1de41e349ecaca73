import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  Kysely,
  type SqliteDatabase as KyselySqlite,
  SqliteAdapter,
  SqliteDialect,
  type SqliteStatement,
} from "kysely";
import { type DatabaseFile, UNWATCHED_FILE } from "./database-file.ts";
import { toStoreError } from "./failure.ts";
import type { Tables } from "./schema.ts";

/** SQLite's own words for what the file is to us; ASCII "LKEY". */
export const APPLICATION_ID = 0x4c4b4559;

/** Makes an open file ours to write: from here on it stays in WAL mode. */
export function setUp(file: DatabaseSync) {
  // WAL: readers never wait for a writer. FULL: an acknowledged deed survives a power cut.
  file.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
}

/** What watches over the statements of a database. */
export type Watch = {
  /** Called with every statement that may change something, or ends a transaction that did. */
  readonly onWrite: () => void;
  readonly databaseFile: () => Pick<DatabaseFile, "check" | "throwIfLost" | "close">;
};

const UNWATCHED: Watch = { onWrite: () => {}, databaseFile: () => UNWATCHED_FILE };

/** Kysely over `file`. No call waits inside SQLite: a call that meets a lock is retried later, see `waitForLock`. */
export function toKysely(file: DatabaseSync, watch = UNWATCHED): Kysely<Tables> {
  // SQLite's own lower() knows ASCII only.
  file.function("folded", { deterministic: true }, (text) => fold(String(text)));
  return new Kysely<Tables>({ dialect: new TransactionalSqliteDialect({ database: adapt(file, watch) }) });
}

/** Texts that differ in case only, as one; in SQL it is called `folded`. */
export function fold(text: string): string {
  return text.toLowerCase();
}

/** SQLite does roll back schema changes; with that said, Kysely's migrator runs all of them in one transaction. */
class TransactionalSqliteDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new (class extends SqliteAdapter {
      override get supportsTransactionalDdl(): boolean {
        return true;
      }
    })();
  }
}

/** Kysely prepares anew for every query; left to the garbage collector, statements would pile up outside its heap. */
const MOST_STATEMENTS = 100;

function adapt(file: DatabaseSync, watch: Watch): KyselySqlite {
  const statements = new Map<string, SqliteStatement>();
  const prepare = (sql: string) => {
    const statement = statements.get(sql) ?? toStatement(file, sql, watch);
    // Whatever was used last stands last; the first one goes.
    statements.delete(sql);
    statements.set(sql, statement);
    if (statements.size > MOST_STATEMENTS) statements.delete(statements.keys().next().value as string);
    return statement;
  };
  return { close: () => watch.databaseFile().close(file), prepare: (sql) => guarded(() => prepare(sql)) };
}

function toStatement(file: DatabaseSync, sql: string, { onWrite, databaseFile }: Watch): SqliteStatement {
  // A deferred transaction that begins to write later can fail with SQLITE_BUSY at once and for good.
  const statement = file.prepare(sql === "begin" ? "begin immediate" : sql);
  const isRead = /^\s*select\b/i.test(sql);

  /** Whatever ends a transaction is acknowledged afterwards, so the file has to be where it was found, before and after. */
  const perform = <T>(call: () => T): T => {
    databaseFile().throwIfLost();
    if (isRead) return guarded(call);
    onWrite();
    const isLast = sql === "commit" || !file.isTransaction;
    if (isLast) databaseFile().check();
    const result = guarded(call);
    if (isLast) databaseFile().check();
    return result;
  };

  return {
    reader: statement.columns().length > 0,
    all: (parameters) => perform(() => statement.all(...(parameters as string[]))),
    run: (parameters) => {
      if (sql === "rollback") return rollBack(file, statement, onWrite);
      return perform(() => statement.run(...(parameters as string[])));
    },
    // Until its last row is read, a query holds the whole connection to the state of its first: a revocation by another
    // process would go unseen.
    iterate: () => {
      throw new Error("Queries are not streamed here: read them page by page.");
    },
  };
}

function rollBack(file: DatabaseSync, statement: StatementSync, onWrite: () => void) {
  onWrite();
  // On some errors, a full disk among them, SQLite has rolled back by itself; saying it again would hide the cause.
  return file.isTransaction ? guarded(() => statement.run()) : { changes: 0, lastInsertRowid: 0 };
}

function guarded<T>(call: () => T): T {
  try {
    return call();
  } catch (cause) {
    throw toStoreError(cause);
  }
}
