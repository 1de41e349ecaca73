import { renameSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { identityOf } from "./file-identity.ts";

/** A file beside the database, and which file it was when the database was opened (see `identityOf`). */
export type Side = { readonly name: string; readonly identity: string | undefined };

/** What was done with a file beside a lost database: it holds acknowledged changes, so it is kept. */
export type SetAside = {
  readonly from: string;
  readonly to: string;
  /** Why it could not be moved, and still has the name `from`. */
  readonly failed?: string;
};

/**
 * Closes a database whose file is lost so that none of it gets into the file that has its name now, and so that no start
 * takes its WAL for a part of that one.
 * @param path of the file that has its name now.
 * @param sides its `-wal` and `-shm`. Those that no longer have their names stay untouched: another process that had the
 * database open has set them aside.
 */
export function closeLost(file: DatabaseSync, path: string, sides: readonly Side[], suffix: string): SetAside[] {
  // The last connection that closes a database moves its WAL into it. SQLite leaves that where a file was renamed, but not where
  // it was overwritten; it needs to be alone for it, and as the last one cannot do it without the right to write.
  const guard = openGuard(path);
  try {
    const done = sides.flatMap((side) => setAside(side, suffix));
    file.close();
    return done;
  } finally {
    guard?.close();
  }
}

function openGuard(path: string): DatabaseSync | undefined {
  let guard: DatabaseSync | undefined;
  try {
    guard = new DatabaseSync(path, { readOnly: true });
    guard.prepare("SELECT count(*) FROM sqlite_schema").get();
  } catch {
    // There is no file, or no database, that could be spoilt.
  }
  return guard;
}

function setAside({ name: from, identity }: Side, suffix: string): SetAside[] {
  const to = from + suffix;
  try {
    // Just before the rename: by now the name may belong to the WAL of the file that was put in place.
    if (identity === undefined || identityOf(from) !== identity) return [];
    renameSync(from, to);
    return [{ from, to }];
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    return code === "ENOENT" ? [] : [{ from, to, failed: message }];
  }
}
