import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { isDamage, isNotADatabase, primaryCodeOf, unavailable } from "./failure.ts";
import { statOf } from "./file-identity.ts";
import { readValue, toInteger, toText } from "./read-value.ts";

/**
 * `same`: what SQLite has written there. `foreign`: something else. `unreadable`: damaged, or in the middle of a
 * checkpoint, which writes the new size first and the pages after it.
 */
export type ContentState = "same" | "foreign" | "unreadable";

export type FileContent = {
  /** @param always looks into the file even when its size and time of change are the same as before. */
  readonly state: (always: boolean) => ContentState;
};

/** How far a database has come. All numbers only increase. */
type Progress = { readonly id: string; readonly schema: number; readonly changes: number; readonly beats: number };

/**
 * Checks that the file at `path` still holds what SQLite has written there.
 *
 * Only checkpoints write to the file, and they take it from one state of this database to a later one, up to the
 * current one. So every other content is noticed: another database, an older copy, and a copy that SQLite made, whose
 * schema version starts again.
 */
export function watchContent(connection: DatabaseSync, path: string): FileContent {
  // The id is kept in memory: read later, a replaced file would be compared with itself.
  const { id } = readProgress(connection);
  // A new database is in its WAL file only, until the first checkpoint.
  if (readFile(path) === undefined) connection.exec("PRAGMA wal_checkpoint(PASSIVE)");
  let stamp = stampOf(path);
  let known = readFile(path);

  const stateOf = (found: Progress | undefined): ContentState => {
    if (found === undefined) return known === undefined ? "same" : "unreadable";
    const current = readProgress(connection);
    if (found.id !== id || current.id !== id || !isBetween(known, found, current)) return "foreign";
    known = found;
    return "same";
  };

  return {
    state: (always) => {
      const currentStamp = stampOf(path);
      if (currentStamp === stamp && !always) return "same";
      // No checkpoint empties the file.
      if (known !== undefined && isEmpty(path)) return "foreign";
      try {
        const state = stateOf(readFile(path));
        if (state === "same") stamp = currentStamp;
        return state;
      } catch (cause) {
        if (isNotADatabase(cause)) return "foreign";
        if (isDamage(cause)) return "unreadable";
        throw unavailable(cause);
      }
    },
  };
}

function isBetween(least: Progress | undefined, found: Progress, most: Progress): boolean {
  return (["schema", "changes", "beats"] as const).every(
    (name) => (least?.[name] ?? 0) <= found[name] && found[name] <= most[name],
  );
}

function stampOf(path: string): string | undefined {
  const stat = statOf(path);
  return stat && `${stat.mtimeNs}:${stat.size}`;
}

function isEmpty(path: string): boolean {
  return statOf(path)?.size === 0n;
}

/**
 * Reads the file alone, without its WAL and without locks. It uses SQLite, because closing a file that this process
 * opened itself would release every POSIX lock that the process has on it.
 * @returns undefined where the file does not hold a whole database of this service, or not yet.
 * @throws when it is not a database, or cannot be read for now, such as when this process may not open more files.
 */
function readFile(path: string): Progress | undefined {
  const url = pathToFileURL(path);
  url.searchParams.set("immutable", "1");
  let connection: DatabaseSync | undefined;
  try {
    connection = new DatabaseSync(url, { readOnly: true });
    return readProgress(connection);
  } catch (cause) {
    if (isNotADatabase(cause)) throw cause;
    if (isDamage(cause) || primaryCodeOf(cause) === NO_SUCH_TABLE) return undefined;
    throw cause;
  } finally {
    connection?.close();
  }
}

/** SQLite reports it as a plain error. */
const NO_SUCH_TABLE = 1;

function readProgress(connection: DatabaseSync): Progress {
  const row = connection.prepare("SELECT database_id, beats, counter FROM store_state, changes").get();
  return {
    id: toText(row?.["database_id"]),
    schema: readValue(connection, "PRAGMA schema_version", toInteger),
    changes: toInteger(row?.["counter"]),
    beats: toInteger(row?.["beats"]),
  };
}
