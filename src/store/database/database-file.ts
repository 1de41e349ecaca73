import { realpathSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { systemClock, toTimestamp } from "../../lib/time/clock.ts";
import { closeLost, type SetAside } from "./close-lost.ts";
import { isDamage, primaryCodeOf, StoreFailure } from "./failure.ts";
import { cannotTell, identityOf, statOf } from "./file-identity.ts";

/** Whether an open database still is the file that its path names. */
export type DatabaseFile = {
  /**
   * Before and after everything that is acknowledged. Some microseconds.
   * @throws StoreFailure
   */
  readonly check: () => void;
  /**
   * The same now and then, for when nothing is written, with a look into the file.
   * @throws StoreLost
   */
  readonly inspect: () => void;
  /**
   * Without looking: once the place is lost it stays lost, because what was written in between cannot be known.
   * @throws StoreLost
   */
  readonly throwIfLost: () => void;
  /** Closes the file. Where the place is lost, the files beside it that belong to the lost one are set aside. */
  readonly close: (file: DatabaseSync) => void;
  /** Undefined while the place is not lost; then the files that `close` has set aside. */
  readonly loss: () => { readonly aside: readonly SetAside[] } | undefined;
};

/** The file is gone, or another one: what is written into the open one would be acknowledged and never found again. */
export class StoreLost extends StoreFailure {
  constructor(path: string, what: string) {
    super(
      `The database ${path} ${what}: no key is accepted and no change acknowledged any more. Look into "The file is gone" in docs/recovery.md before you stop the service.`,
      { cause: undefined, isBusy: false },
    );
  }
}

/** Of a database in memory, and of one that is not open for good. */
export const UNWATCHED_FILE: DatabaseFile = {
  check: () => {},
  inspect: () => {},
  throwIfLost: () => {},
  close: (file) => file.close(),
  loss: () => undefined,
};

const REMOVED = "was removed or renamed";
const REPLACED = "was replaced by another file";
const OVERWRITTEN = "was overwritten in place";

/** Remembers the files of the open and migrated database `file`, in WAL mode, at `path`. */
export function watchDatabaseFile(file: DatabaseSync, path: string): DatabaseFile {
  // SQLite keeps its other files beside the real one.
  const real = realpathSync(path);
  const sides = [`${real}-wal`, `${real}-shm`].map((name) => ({ name, identity: identityOf(name) }));
  const identity = identityOf(path);
  const content = createContent(file, real);
  let lost: StoreLost | undefined;
  let unreadable = 0;
  let aside: readonly SetAside[] = [];

  const lose = (what: string): never => {
    lost = new StoreLost(path, what);
    throw lost;
  };

  const look = () => {
    if (lost !== undefined) throw lost;
    const current = identityOf(path);
    if (current !== identity) lose(current === undefined ? REMOVED : REPLACED);
    for (const side of sides) {
      const found = identityOf(side.name);
      // Where it is made only when it is needed, it is remembered from then on.
      side.identity ??= found;
      if (found !== side.identity) lose(`has lost ${side.name}, which is a part of it`);
    }
  };

  const inspect = () => {
    try {
      look();
      const state = content.state(true);
      // The first time it may be a moment in which another process writes.
      unreadable = state === "unreadable" ? unreadable + 1 : 0;
      if (state === "foreign" || unreadable > 1) lose(OVERWRITTEN);
    } catch (cause) {
      // Nothing is to be told for now, such as when this process may open no more files: that is not a loss.
      if (cause instanceof StoreLost || !(cause instanceof StoreFailure)) throw cause;
    }
  };

  /** By now, whatever was before. */
  const isLost = () => {
    try {
      // What cannot be read is looked at twice, see `inspect`.
      inspect();
      inspect();
      return false;
    } catch {
      return !isBack();
    }
  };

  /** The file may have got its name back: then its WAL belongs to it, and is not to be taken away from it. */
  const isBack = () => {
    try {
      const areSidesOurs = sides.every(({ name, identity }) => [identity, undefined].includes(identityOf(name)));
      return identityOf(path) === identity && areSidesOurs && content.state(true) === "ours";
    } catch {
      return false;
    }
  };

  return {
    check: () => {
      look();
      const state = content.state(false);
      if (state === "foreign") lose(OVERWRITTEN);
      if (state === "unreadable") throw cannotTell(undefined);
    },
    inspect,
    throwIfLost: () => {
      if (lost !== undefined) throw lost;
    },
    close: (open) => {
      if (!isLost()) return open.close();
      const suffix = `.lost-${toTimestamp(systemClock.now()).replaceAll(/[-:]/g, "")}`;
      aside = closeLost(open, path, sides, suffix);
    },
    loss: () => (lost === undefined ? undefined : { aside }),
  };
}

/** How far a database has come: all of it only rises. */
type Progress = { readonly id: string; readonly schema: number; readonly changes: number; readonly beats: number };

/**
 * Looks whether the file holds what SQLite has written there. Only checkpoints write to it, and take it from one state
 * of this very database to a later one, up to the present one. So a copy that is put over it shows: one of another database, an
 * older one, and one that SQLite made, which begins to count its schema again.
 */
function createContent(file: DatabaseSync, path: string) {
  // Kept in memory: a page that is not in the WAL is read from the file, so later the file itself would vouch for itself.
  const { id } = read(file);
  let known = readFile(path);
  // A new database is in its WAL file alone, until that is moved into the file for the first time.
  if (known === undefined) file.exec("PRAGMA wal_checkpoint(PASSIVE)");
  let stamp = stampOf(path);
  known = readFile(path);

  const judge = (found: Progress | undefined): "ours" | "foreign" | "unreadable" => {
    if (found === undefined) return known === undefined ? "ours" : "unreadable";
    const present = read(file);
    const isOurs = found.id === id && present.id === id && isBetween(known, found, present);
    if (isOurs) known = found;
    return isOurs ? "ours" : "foreign";
  };

  return {
    /** @param always looks into the file even when nothing has been written to it. */
    state: (always: boolean): "ours" | "foreign" | "unreadable" => {
      const current = stampOf(path);
      if (current === stamp && !always) return "ours";
      try {
        const state = judge(readFile(path));
        if (state === "ours") stamp = current;
        return state;
      } catch (cause) {
        if (isDamage(cause)) return "unreadable";
        throw cannotTell(cause);
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

/**
 * Reads the file alone, past locks and WAL. Through SQLite, because closing the file ourselves would give up all locks that
 * this process has on it (POSIX).
 * @returns undefined where the file does not hold it, not yet or not any more.
 * @throws when the file cannot be read now, as when this process may open no more files.
 */
function readFile(path: string): Progress | undefined {
  const url = pathToFileURL(path);
  url.searchParams.set("immutable", "1");
  let file: DatabaseSync | undefined;
  try {
    file = new DatabaseSync(url, { readOnly: true });
    return read(file);
  } catch (cause) {
    if (isDamage(cause) || primaryCodeOf(cause) === NO_SUCH_TABLE) return undefined;
    throw cause;
  } finally {
    file?.close();
  }
}

/** SQLite says no more than "error". */
const NO_SUCH_TABLE = 1;

function read(file: DatabaseSync): Progress {
  const { schema_version } = file.prepare("PRAGMA schema_version").get() as { schema_version: number };
  const { database_id, beats, counter } = file
    .prepare("SELECT database_id, beats, counter FROM store_state, changes")
    .get() as { database_id: string; beats: number; counter: number };
  return { id: database_id, schema: schema_version, changes: counter, beats };
}
