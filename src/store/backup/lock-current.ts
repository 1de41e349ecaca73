import { DatabaseSync } from "node:sqlite";
import { StoreUnusable } from "../database/database.ts";
import { isDamage, isLocked } from "../database/failure.ts";
import { inspectDatabase } from "../database/inspect-database.ts";
import { readValue } from "../database/read-value.ts";
import { statOf } from "./database-paths.ts";
import { cannotRead } from "./file-errors.ts";

/** The database that a restore replaces. */
export type CurrentDatabase =
  | { readonly kind: "none" }
  /** No other process has it open, or can open it until the connection is closed. */
  | { readonly kind: "locked"; readonly connection: DatabaseSync }
  /** SQLite can tell neither what it is, nor whether another process has it open. */
  | { readonly kind: "unreadable" };

const LOCK_WAIT_MS = 500;

/**
 * Locks the database against all other processes, and writes its WAL into it.
 * @throws StoreUnusable when another process has it open, or it belongs to another application
 */
export function lockCurrent(path: string): CurrentDatabase {
  // SQLite would delete the WAL file of an empty database.
  if (Number(statOf(path)?.size ?? 0) === 0) return { kind: "none" };

  const connection = connect(path);
  try {
    lock(connection);
    if (inspectDatabase(connection).kind === "foreign") {
      throw new StoreUnusable(`${path} is the database of another application: point DATABASE_URL to another file.`);
    }
    return { kind: "locked", connection };
  } catch (cause) {
    connection.close();
    if (cause instanceof StoreUnusable) throw cause;
    if (isLocked(cause)) {
      throw new StoreUnusable(
        `The database ${path} is open in another process: stop the service, and every other program that uses it, then try again.`,
        { cause },
      );
    }
    if (isDamage(cause)) return { kind: "unreadable" };
    throw cannotRead(path, cause);
  }
}

function connect(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: LOCK_WAIT_MS });
  } catch (cause) {
    throw cannotRead(path, cause);
  }
}

/**
 * An open WAL database is always locked, even when idle, so leaving WAL mode proves that no other process has it open.
 */
function lock(connection: DatabaseSync) {
  connection.exec("PRAGMA journal_mode = DELETE");
  // Only after leaving WAL mode: otherwise a journal file would stay, and be removed later when it may be another
  // one's.
  connection.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT");
  // Between the two, another process may have opened the database in WAL mode and closed it again.
  if (readValue(connection, "PRAGMA journal_mode", String) !== "delete") lock(connection);
}
