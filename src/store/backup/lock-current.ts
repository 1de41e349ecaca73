import { DatabaseSync } from "node:sqlite";
import { StoreUnusable } from "../database/database.ts";
import { isDamage, isLocked } from "../database/failure.ts";
import { inspectDatabase } from "../database/inspect-database.ts";
import { cannotRead, statOf } from "./database-paths.ts";

/** The database that is to be replaced. */
export type CurrentDatabase =
  | { readonly kind: "none" }
  /** Nobody else has it open, and nobody can open it until it is closed. */
  | { readonly kind: "locked"; readonly file: DatabaseSync }
  /** SQLite cannot tell what it is, nor whether somebody has it open. */
  | { readonly kind: "unreadable" };

const LOCK_WAIT_MS = 500;

/**
 * Takes the database away from everybody else, and folds its WAL file in.
 * @throws StoreUnusable when another process has it open, or it is not ours
 */
export function lockCurrent(path: string): CurrentDatabase {
  // SQLite throws the WAL file of an empty database away.
  if (Number(statOf(path)?.size ?? 0) === 0) return { kind: "none" };

  const file = openPresent(path);
  try {
    lock(file);
    if (inspectDatabase(file).kind === "foreign") {
      throw new StoreUnusable(`${path} is the database of another application: point DATABASE_URL to another file.`);
    }
    return { kind: "locked", file };
  } catch (cause) {
    file.close();
    if (cause instanceof StoreUnusable) throw cause;
    if (isLocked(cause)) {
      throw new StoreUnusable(
        `The database ${path} is open in another process: stop the service, and whatever else uses it, then try again.`,
        { cause },
      );
    }
    if (isDamage(cause)) return { kind: "unreadable" };
    throw cannotRead(path, cause);
  }
}

function openPresent(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: LOCK_WAIT_MS });
  } catch (cause) {
    throw cannotRead(path, cause);
  }
}

/** Whoever has a database open in WAL mode holds a shared lock on it, even when idle; leaving that mode needs all of it. */
function lock(file: DatabaseSync) {
  file.exec("PRAGMA journal_mode = DELETE");
  // Only now, or a journal file would stay, and be removed under its name when somebody else's may be there.
  file.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT");
  // Between the two somebody may have come and gone.
  const { journal_mode } = file.prepare("PRAGMA journal_mode").get() as { readonly journal_mode: string };
  if (journal_mode !== "delete") lock(file);
}
