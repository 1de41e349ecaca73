import { statSync } from "node:fs";
import { StoreFailure } from "./failure.ts";

/**
 * The device and inode of the file that has this name now; undefined where there is none.
 * @throws StoreFailure when it cannot be told for now.
 */
export function identityOf(path: string): string | undefined {
  const stat = statOf(path);
  return stat && `${stat.dev}:${stat.ino}`;
}

/** @throws StoreFailure when nothing can be said for now, such as when the folder may not be entered. */
export function statOf(path: string) {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (cause) {
    throw cannotTell(cause);
  }
}

export function cannotTell(cause: unknown): StoreFailure {
  return new StoreFailure("The store cannot answer.", { cause, isBusy: false });
}
