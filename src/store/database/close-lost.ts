import { renameSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { errorFactsOf } from "./failure.ts";
import { identityOf } from "./file-identity.ts";

/** A file beside the database, and which file it was when the database was opened (see `identityOf`). */
export type SideFile = { readonly name: string; readonly identity: string | undefined };

/** What happened to a file beside a lost database. It holds acknowledged changes, so it is kept. */
export type SetAside = {
  readonly from: string;
  readonly to: string;
  /** Why it could not be renamed: it still has the name `from`. */
  readonly failed?: string;
};

/**
 * Closes a database whose file is lost. Nothing of it gets into the file that has its name now, and no later start
 * takes its WAL for a part of that file.
 * @param path of the file that has the name now.
 * @param sideFiles its `-wal` and `-shm`. One that was replaced stays untouched: another process that had the database
 * open has set the original aside.
 */
export function closeLost(
  connection: DatabaseSync,
  path: string,
  sideFiles: readonly SideFile[],
  suffix: string,
): SetAside[] {
  // The last connection that closes a database writes its WAL into the file. SQLite refrains from that where the file
  // was renamed, but not where it was overwritten. A second, read-only connection keeps this one from being the last.
  const guard = openGuard(path);
  try {
    const done = sideFiles.flatMap((sideFile) => setAside(sideFile, suffix));
    connection.close();
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
    // No file, or no database: nothing can be damaged.
  }
  return guard;
}

function setAside({ name: from, identity }: SideFile, suffix: string): SetAside[] {
  const to = from + suffix;
  try {
    // Checked right before the rename: by now the name may belong to the WAL of the file that was put in place.
    if (identity === undefined || identityOf(from) !== identity) return [];
    renameSync(from, to);
    return [{ from, to }];
  } catch (cause) {
    const { code, message } = errorFactsOf(cause);
    return code === "ENOENT" ? [] : [{ from, to, failed: message }];
  }
}
