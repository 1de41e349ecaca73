import { closeSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Clock, Instant } from "../../lib/time/clock.ts";
import { StoreUnusable } from "../database/database.ts";
import { errorFactsOf } from "../database/failure.ts";
import type { Counts } from "../database/inspect-database.ts";
import { copyDatabase, type OnProgress } from "./copy-database.ts";
import { databasePathOf, flushToDisk, isSameFile, removeDatabase, SIDE_SUFFIXES, statOf } from "./database-paths.ts";
import { cannotRead, cannotWrite } from "./file-errors.ts";
import { noteBackup } from "./note-backup.ts";

export type Backup = Counts & {
  readonly file: string;
  readonly bytes: number;
  /** The backup holds everything that was acknowledged before. */
  readonly takenAt: Instant;
};

export type BackupRequest = {
  /** Replace a file of that name, and what an interrupted backup left behind. */
  readonly force: boolean;
  readonly clock: Clock;
  readonly onProgress?: OnProgress;
};

const LOCK_WAIT_MS = 5_000;

/**
 * Writes a verified copy of the database at `url` to `file`, whether or not a service runs on it. The file gets its
 * name only when it is complete.
 * @throws StoreUnusable
 */
export async function backUp(url: string, file: string, { force, clock, onProgress }: BackupRequest): Promise<Backup> {
  const path = databasePathOf(url);
  const target = resolve(file);
  const source = openSource(path);
  try {
    refuseTarget(target, path, force);
    const backup = await viaDraft(target, force, async (draft) => {
      const takenAt = clock.now();
      const named = {
        name: `The database ${path}`,
        hint: "restore a backup, or point DATABASE_URL to another file",
      };
      const counts = await copyDatabase(source, draft, named, onProgress);
      const bytes = Number(statOf(draft)?.size);
      refuseTarget(target, path, force);
      return { file: target, bytes, ...counts, takenAt };
    });
    noteBackup(source, { at: backup.takenAt, file: target });
    return backup;
  } finally {
    source.close();
  }
}

function openSource(path: string): DatabaseSync {
  if (statOf(path) === undefined) {
    throw new StoreUnusable(`There is no database ${path}: point DATABASE_URL to the one that the service uses.`);
  }
  try {
    return new DatabaseSync(path, { timeout: LOCK_WAIT_MS });
  } catch (cause) {
    throw cannotRead(path, cause);
  }
}

function refuseTarget(target: string, path: string, force: boolean) {
  if ([path, ...SIDE_SUFFIXES.map((side) => path + side)].some((own) => isSameFile(target, own))) {
    throw new StoreUnusable(`${target} belongs to the database itself: name another file.`);
  }
  const existing = statOf(target);
  if (existing === undefined) return;
  if (!existing.isFile()) throw new StoreUnusable(`${target} is not a file: name a file.`);
  if (!force) throw new StoreUnusable(`${target} exists already: name another file, or replace it with --force.`);
}

/** Lets `write` fill a file beside `target`, then renames it. After a failure nothing is left behind. */
async function viaDraft<T>(target: string, force: boolean, write: (draft: string) => Promise<T>): Promise<T> {
  const draft = `${target}.partial`;
  const reserved = reserve(draft, force);
  try {
    const written = await write(draft);
    if (statOf(draft)?.ino !== reserved) {
      throw new StoreUnusable(`Another backup to ${target} has started: run one at a time.`);
    }
    flushToDisk(draft);
    renameSync(draft, target);
    flushToDisk(dirname(target));
    return written;
  } catch (error) {
    if (statOf(draft)?.ino === reserved) removeDatabase(draft);
    throw error instanceof StoreUnusable ? error : cannotWrite(target, error);
  }
}

/** Creates the file, so that only its owner can read it from the first byte on. */
function reserve(draft: string, force: boolean): bigint | undefined {
  try {
    if (force) rmSync(draft, { force: true });
    closeSync(openSync(draft, "wx", 0o600));
    return statOf(draft)?.ino;
  } catch (cause) {
    if (errorFactsOf(cause).code !== "EEXIST") throw cannotWrite(draft, cause);
    throw new StoreUnusable(
      `${draft} exists already: another backup is writing it, or was interrupted. In that case remove it, or add --force.`,
    );
  }
}
