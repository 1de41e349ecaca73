import { realpathSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { systemClock, toTimestamp } from "../../lib/time/clock.ts";
import { closeLost, type SetAside, type SideFile } from "./close-lost.ts";
import { StoreFailure, UNAVAILABLE } from "./failure.ts";
import { type FileContent, watchContent } from "./file-content.ts";
import { identityOf } from "./file-identity.ts";
import { waitForLock } from "./wait-for-lock.ts";

/** The file of an open database: is it still the one that was opened? */
export type DatabaseFile = {
  /**
   * Called before and after every commit. Takes some microseconds, or waits for a checkpoint of another process.
   * @throws StoreFailure when the file is lost, or stays unreadable for five seconds.
   */
  readonly check: () => Promise<void>;
  /**
   * Called from time to time, also while nothing is written. Always reads the file.
   * @throws StoreLost also when the file stays unreadable for five seconds.
   */
  readonly inspect: () => Promise<void>;
  /**
   * Looks at no file. A lost file stays lost until the next start: what was written in between is unknown.
   * @throws StoreLost
   */
  readonly throwIfLost: () => void;
  /**
   * Closes the connection, after a last inspection. Where the file is lost, the files beside it that belong to it are
   * set aside.
   */
  readonly close: (connection: DatabaseSync) => Promise<void>;
  /** Undefined while the file is not lost; then the files that `close` has set aside. */
  readonly loss: () => { readonly aside: readonly SetAside[] } | undefined;
};

/** The file was removed or replaced: a write into the open one would be acknowledged and then missing. */
export class StoreLost extends StoreFailure {
  constructor(path: string, event: string) {
    super(
      `The database ${path} ${event}. No key is accepted and no change is acknowledged any more. Read "The file is gone" in docs/recovery.md before you stop the service.`,
      { cause: new Error(event), isBusy: false },
    );
  }
}

/** The file is damaged, or in the middle of a checkpoint by another process: then it is whole again in a moment. */
class FileUnreadable extends StoreFailure {
  constructor(path: string) {
    super(UNAVAILABLE, { cause: new Error(`${path} is damaged`), isBusy: false });
  }
}

/** For a database in memory, and for one that is open for a moment only. */
export const UNWATCHED_FILE: DatabaseFile = {
  check: async () => {},
  inspect: async () => {},
  throwIfLost: () => {},
  close: async (connection) => connection.close(),
  loss: () => undefined,
};

const REMOVED = "was removed or renamed";
const REPLACED = "was replaced by another file";
const OVERWRITTEN = "was overwritten in place";

/** Remembers the files of an open and migrated database in WAL mode. */
export function watchDatabaseFile(connection: DatabaseSync, path: string): DatabaseFile {
  // SQLite keeps the other files beside the real file, not beside a symbolic link to it.
  const realPath = realpathSync(path);
  const identity = watchIdentity(path, realPath);
  const watched = { path, identity, content: watchContent(connection, realPath), loss: createLoss(path) };
  let aside: readonly SetAside[] = [];

  return {
    check: () => waitForLock(() => look(watched, false), isTemporary),
    inspect: () => inspect(watched),
    throwIfLost: watched.loss.throwIfLost,
    close: async (open) => {
      if (!(await isLostByNow(watched))) return open.close();
      const suffix = `.lost-${toTimestamp(systemClock.now()).replaceAll(/[-:]/g, "")}`;
      aside = closeLost(open, path, identity.sideFiles, suffix);
    },
    loss: () => (watched.loss.isDeclared() ? { aside } : undefined),
  };
}

type Identity = ReturnType<typeof watchIdentity>;

/** Remembers which files have the names of the database and of its `-wal` and `-shm`. */
function watchIdentity(path: string, realPath: string) {
  const sideFiles = [`${realPath}-wal`, `${realPath}-shm`].map((name) => ({ name, identity: identityOf(name) }));
  const identity = identityOf(path);

  return {
    sideFiles: sideFiles satisfies readonly SideFile[],
    /** What happened to one of the files, if anything. */
    findLoss: (): string | undefined => {
      const current = identityOf(path);
      if (current !== identity) return current === undefined ? REMOVED : REPLACED;
      for (const sideFile of sideFiles) {
        const found = identityOf(sideFile.name);
        // SQLite may create it later: then it is remembered from then on.
        sideFile.identity ??= found;
        if (found !== sideFile.identity) return `has lost ${sideFile.name}, which is a part of it`;
      }
      return undefined;
    },
    /** Does every file have its name again? Then a missing WAL file is not a loss. */
    isRestored: () => {
      const areSideFilesKnown = sideFiles.every(({ name, identity: known }) =>
        [known, undefined].includes(identityOf(name)),
      );
      return identityOf(path) === identity && areSideFilesKnown;
    },
  };
}

type Loss = ReturnType<typeof createLoss>;

/** A loss, once declared, stays. */
function createLoss(path: string) {
  let lost: StoreLost | undefined;
  return {
    declare: (event: string): never => {
      lost = new StoreLost(path, event);
      throw lost;
    },
    throwIfLost: () => {
      if (lost !== undefined) throw lost;
    },
    isDeclared: () => lost !== undefined,
  };
}

type Watched = {
  readonly path: string;
  readonly identity: Identity;
  readonly content: FileContent;
  readonly loss: Loss;
};

/**
 * Looks at the file once.
 * @param always reads it even when its size and time of change are the same as before.
 * @throws FileUnreadable, StoreLost, StoreFailure
 */
function look({ path, identity, content, loss }: Watched, always: boolean) {
  loss.throwIfLost();
  const event = identity.findLoss();
  if (event !== undefined) loss.declare(event);
  const state = content.state(always);
  if (state === "foreign") loss.declare(OVERWRITTEN);
  if (state === "unreadable") throw new FileUnreadable(path);
}

function isUnreadable(error: unknown): boolean {
  return error instanceof FileUnreadable;
}

function isTemporary(error: unknown): boolean {
  return isUnreadable(error) || (error instanceof StoreFailure && error.isBusy);
}

async function inspect(watched: Watched) {
  try {
    await waitForLock(() => look(watched, true), isUnreadable);
  } catch (cause) {
    if (isUnreadable(cause)) watched.loss.declare(OVERWRITTEN);
    // Nothing is known for now, such as when this process may not open more files: that is not a loss.
    if (cause instanceof StoreLost || !(cause instanceof StoreFailure)) throw cause;
  }
}

/** Is the file lost at this moment? Independent of an earlier declaration. */
async function isLostByNow(watched: Watched): Promise<boolean> {
  try {
    await inspect(watched);
    return false;
  } catch {
    return !isRestored(watched);
  }
}

/** The file may have got its name back: then its WAL belongs to it again, and must not be set aside. */
function isRestored({ identity, content }: Watched): boolean {
  try {
    return identity.isRestored() && content.state(true) === "same";
  } catch {
    return false;
  }
}
