import { closeSync, fsyncSync, openSync, realpathSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { IN_MEMORY, StoreUnusable } from "../database/database.ts";
import { errorFactsOf } from "../database/failure.ts";
import { cannotRead } from "./file-errors.ts";

/** The files that SQLite keeps beside a database that is open, or whose process was killed. */
export const SIDE_SUFFIXES = ["-wal", "-shm", "-journal"] as const;

/**
 * The absolute path of the database at `url`, whether or not it exists. Symbolic links are resolved, because SQLite
 * keeps its other files beside the real one.
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

/** Do both paths lead to one file, through symbolic or hard links? */
export function isSameFile(one: string, other: string): boolean {
  if (one === other) return true;
  const [a, b] = [one, other].map((path) => statOf(path));
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}

/** Follows symbolic links; undefined when there is no file, or its folder is a file. */
export function statOf(path: string) {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errorFactsOf(error).code)) return undefined;
    throw cannotRead(path, error);
  }
}

/** Removes a database that no process has open, and the files beside it. */
export function removeDatabase(path: string): void {
  for (const name of [path, ...SIDE_SUFFIXES.map((suffix) => path + suffix)]) rmSync(name, { force: true });
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
