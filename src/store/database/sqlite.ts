import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import {
  type CompiledQuery,
  type DatabaseConnection,
  Kysely,
  type SqliteDatabase as KyselySqlite,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type SqliteStatement,
} from "kysely";
import { type DatabaseFile, UNWATCHED_FILE } from "./database-file.ts";
import { toStoreError } from "./failure.ts";
import type { Tables } from "./schema.ts";

/** SQLite's field for the application that owns a file; ASCII "LKEY". */
export const APPLICATION_ID = 0x4c4b4559;

/** Prepares a connection for writing. The file stays in WAL mode from then on. */
export function setUp(connection: DatabaseSync) {
  // WAL: readers never wait for a writer. FULL: an acknowledged action survives a power cut.
  connection.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
}

/** Hooks that are called around the statements of a database. */
export type Watch = {
  /** Called with every statement that may change something, or ends a transaction that did. */
  readonly onWrite: () => void;
  readonly databaseFile: () => Pick<DatabaseFile, "check" | "throwIfLost" | "close">;
};

const UNWATCHED: Watch = { onWrite: () => {}, databaseFile: () => UNWATCHED_FILE };

/** Kysely over `connection`. No call waits inside SQLite: one that meets a lock is retried later, see `waitForLock`. */
export function toKysely(connection: DatabaseSync, watch = UNWATCHED): Kysely<Tables> {
  // SQLite's own lower() only knows ASCII.
  connection.function("folded", { deterministic: true }, (text) => fold(String(text)));
  return new Kysely<Tables>({ dialect: new WatchedSqliteDialect(connection, watch) });
}

/** A text without its case; in SQL this function is called `folded`. */
export function fold(text: string): string {
  return text.toLowerCase();
}

class WatchedSqliteDialect extends SqliteDialect {
  readonly #createDriver: () => SqliteDriver;

  constructor(connection: DatabaseSync, watch: Watch) {
    const database = adapt(connection, watch);
    super({ database });
    this.#createDriver = () => new WatchedSqliteDriver(database, connection, watch);
  }

  override createDriver(): SqliteDriver {
    return this.#createDriver();
  }

  /** SQLite can roll back schema changes. Told so, Kysely's migrator runs all migrations in one transaction. */
  override createAdapter(): SqliteAdapter {
    return new (class extends SqliteAdapter {
      override get supportsTransactionalDdl(): boolean {
        return true;
      }
    })();
  }
}

/** Checks the file around every commit, and before it is closed. */
class WatchedSqliteDriver extends SqliteDriver {
  readonly #connection: DatabaseSync;
  readonly #watch: Watch;
  #checked: DatabaseConnection | undefined;

  constructor(database: KyselySqlite, connection: DatabaseSync, watch: Watch) {
    super({ database });
    this.#connection = connection;
    this.#watch = watch;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#checked ??= checkCommits(await super.acquireConnection(), this.#connection, this.#watch);
    return this.#checked;
  }

  override destroy(): Promise<void> {
    return this.#watch.databaseFile().close(this.#connection);
  }
}

/** A commit is acknowledged to a client, so the file is checked before and after it. */
function checkCommits(
  inner: DatabaseConnection,
  connection: DatabaseSync,
  { databaseFile }: Watch,
): DatabaseConnection {
  return {
    executeQuery: async <R>(query: CompiledQuery) => {
      if (!withStoreErrors(() => isCommit(query.sql, connection))) return inner.executeQuery<R>(query);
      await databaseFile().check();
      const result = await inner.executeQuery<R>(query);
      await databaseFile().check();
      return result;
    },
    streamQuery: (query, chunkSize) => inner.streamQuery(query, chunkSize),
  };
}

/**
 * The statements that commit nothing. A failed check may not keep them from being run: after it, a transaction would
 * stay open, or `synchronous` would stay off.
 */
const COMMITS_NOTHING = /^\s*(select|begin|rollback|pragma)\b/i;

/** Is a change durable once `sql` was run? The end of a transaction is, and every change outside of one. */
function isCommit(sql: string, connection: DatabaseSync): boolean {
  return sql === "commit" || !(connection.isTransaction || COMMITS_NOTHING.test(sql));
}

/** Kysely prepares a statement for every query; without a cache they would pile up outside the JavaScript heap. */
const MAX_STATEMENTS = 100;

function adapt(connection: DatabaseSync, watch: Watch): KyselySqlite {
  const statements = new Map<string, SqliteStatement>();
  const prepare = (sql: string) => {
    const statement = statements.get(sql) ?? toStatement(connection, sql, watch);
    // The statement that was used last comes last; the first one is dropped.
    statements.delete(sql);
    statements.set(sql, statement);
    const [oldest = sql] = statements.keys();
    if (statements.size > MAX_STATEMENTS) statements.delete(oldest);
    return statement;
  };
  return {
    close: () => connection.close(),
    prepare: (sql) => withStoreErrors(() => prepare(sql)),
  };
}

function toStatement(connection: DatabaseSync, sql: string, { onWrite, databaseFile }: Watch): SqliteStatement {
  // A deferred transaction that begins to write later can fail with SQLITE_BUSY at once and for good.
  const statement = connection.prepare(sql === "begin" ? "begin immediate" : sql);
  const isRead = /^\s*select\b/i.test(sql);

  const perform = <T>(call: () => T): T => {
    databaseFile().throwIfLost();
    if (!isRead) onWrite();
    return withStoreErrors(call);
  };

  return {
    reader: statement.columns().length > 0,
    all: (parameters) => perform(() => statement.all(...toInputs(parameters))),
    run: (parameters) => {
      if (sql === "rollback") return rollBack(connection, statement, onWrite);
      return perform(() => statement.run(...toInputs(parameters)));
    },
    // Until its last row is read, a query keeps the whole connection at the state of its first row: a revocation by
    // another process would not be seen.
    iterate: () => {
      throw new Error("Queries are not streamed here: read them page by page.");
    },
  };
}

function toInputs(parameters: readonly unknown[]): readonly SQLInputValue[] {
  if (!parameters.every(isInput)) throw new TypeError("SQLite takes numbers, texts, bytes and null as parameters");
  return parameters;
}

function isInput(value: unknown): value is SQLInputValue {
  return value === null || ["number", "string", "bigint"].includes(typeof value) || ArrayBuffer.isView(value);
}

function rollBack(connection: DatabaseSync, statement: StatementSync, onWrite: () => void) {
  onWrite();
  // After some errors, such as a full disk, SQLite has rolled back by itself. A second rollback would fail, and hide
  // the cause.
  return connection.isTransaction ? withStoreErrors(() => statement.run()) : { changes: 0, lastInsertRowid: 0 };
}

function withStoreErrors<T>(call: () => T): T {
  try {
    return call();
  } catch (cause) {
    throw toStoreError(cause);
  }
}
