import { closeSync, fsyncSync, openSync, realpathSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { IN_MEMORY, StoreUnusable } from "../database/database.ts";
import { primaryCodeOf } from "../database/failure.ts";

/** What SQLite keeps beside a database that is open, or whose process was killed. */
export const SIDE_SUFFIXES = ["-wal", "-shm", "-journal"] as const;

/**
 * The file of the database at `url`, whether or not it is there: absolute, and past every symbolic link, because
 * SQLite keeps its other files beside the real one.
 * @throws StoreUnusable
 */
export function databasePathOf(url: string): string {
  const path = url.slice("sqlite:".length);
  if (path === IN_MEMORY) {
    throw new StoreUnusable("The database is in memory and ends with its process: point DATABASE_URL to a file.");
  }
  return realPathOf(resolve(path));
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const folder = dirname(path);
    return folder === path ? path : join(realPathOf(folder), basename(path));
  }
}

/** Do both names lead to one file, through links of either kind? */
export function isSameFile(one: string, other: string): boolean {
  if (one === other) return true;
  const [a, b] = [one, other].map((path) => statOf(path));
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}

/** What is at `path`, past symbolic links; undefined when nothing is, or nothing can be. */
export function statOf(path: string) {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw cannotRead(path, error);
  }
}

/** Removes a database that nobody has open, and all that lies beside it. */
export function removeDatabase(path: string): void {
  for (const name of [path, ...SIDE_SUFFIXES.map((side) => path + side)]) rmSync(name, { force: true });
}

/** Returns once the file, or the list of files in the folder, would survive a power cut. */
export function flushToDisk(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Why `path` cannot be read, in one line with the cure. */
export function cannotRead(path: string, cause: unknown): StoreUnusable {
  return new StoreUnusable(`${path} cannot be read: ${reasonOf(READING, cause)}.`, { cause });
}

/** Why `path` cannot be written, in one line with the cure. */
export function cannotWrite(path: string, cause: unknown): StoreUnusable {
  return new StoreUnusable(`${path} cannot be written: ${reasonOf(WRITING, cause)}.`, { cause });
}

type Reasons = Readonly<Record<string | number, string>>;

function reasonOf(reasons: Reasons, cause: unknown): string {
  const { code = "", message } = cause as NodeJS.ErrnoException;
  return reasons[primaryCodeOf(cause) ?? code] ?? message;
}

const NO_RIGHT_TO_READ = "give this user the right to read it, or run this as the user who owns it";

/** By the system's code, or SQLite's primary result code. */
const READING: Reasons = {
  EACCES: NO_RIGHT_TO_READ,
  EPERM: NO_RIGHT_TO_READ,
  8: "give this user the right to write it and its folder",
  10: "check the disk",
  14: NO_RIGHT_TO_READ,
};

const NO_RIGHT_TO_WRITE = "give this user the right to write to its folder, or choose another one";
const FULL = "the disk is full; make room, or choose another one";

const WRITING: Reasons = {
  EACCES: NO_RIGHT_TO_WRITE,
  EPERM: NO_RIGHT_TO_WRITE,
  EROFS: NO_RIGHT_TO_WRITE,
  ENOENT: "its folder does not exist; make it, or choose another one",
  ENOTDIR: "what should be its folder is a file; choose another one",
  EEXIST: "what should be its folder is a file; choose another one",
  ENAMETOOLONG: "its name is too long; choose a shorter one",
  ENOSPC: FULL,
  EDQUOT: FULL,
  8: NO_RIGHT_TO_WRITE,
  10: "the disk refused it; check the disk, and how large a file may be",
  13: FULL,
  14: NO_RIGHT_TO_WRITE,
};
