import { statSync } from "node:fs";
import { unavailable } from "./failure.ts";

/**
 * The device and inode of the file that has this name now; undefined where there is none.
 * @throws StoreFailure when that is unknown for now.
 */
export function identityOf(path: string): string | undefined {
  const stat = statOf(path);
  return stat && `${stat.dev}:${stat.ino}`;
}

/** @throws StoreFailure when nothing is known for now, such as when this user may not enter the folder. */
export function statOf(path: string) {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (cause) {
    throw unavailable(cause);
  }
}
