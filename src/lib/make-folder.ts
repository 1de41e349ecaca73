import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it, for this user alone, unless they exist. With `recursive`, `mkdirSync` tries for ever
 * where a file system denies that a folder exists which it has just listed, as `/proc` does.
 * @throws what `mkdirSync` throws.
 */
export function makeFolder(folder: string): void {
  if (makeOne(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  mkdirSync(folder, PRIVATE);
}

const PRIVATE = { mode: 0o700 };

/** @returns false when the folder above it does not exist. */
function makeOne(folder: string): boolean {
  try {
    mkdirSync(folder, PRIVATE);
    return true;
  } catch (error) {
    const code = Reflect.get(Object(error), "code");
    if (code === "ENOENT") return false;
    // Some file systems report another error for a folder that exists: read-only ones, for example.
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return true;
    throw error;
  }
}
