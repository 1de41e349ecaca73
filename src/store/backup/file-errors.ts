import { StoreUnusable } from "../database/database.ts";
import { errorFactsOf, primaryCodeOf } from "../database/failure.ts";

/** Says in one line why `path` cannot be read, and what to do. */
export function cannotRead(path: string, cause: unknown): StoreUnusable {
  return new StoreUnusable(`${path} cannot be read: ${reasonOf(READING, cause)}.`, { cause });
}

/** Says in one line why `path` cannot be written, and what to do. */
export function cannotWrite(path: string, cause: unknown): StoreUnusable {
  return new StoreUnusable(`${path} cannot be written: ${reasonOf(WRITING, cause)}.`, { cause });
}

type Reasons = Readonly<Record<string | number, string>>;

function reasonOf(reasons: Reasons, cause: unknown): string {
  const { code, message } = errorFactsOf(cause);
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
const FULL = "the disk is full; free some space, or choose another disk";

const WRITING: Reasons = {
  EACCES: NO_RIGHT_TO_WRITE,
  EPERM: NO_RIGHT_TO_WRITE,
  EROFS: NO_RIGHT_TO_WRITE,
  ENOENT: "its folder does not exist; create it, or choose another one",
  ENOTDIR: "its folder is a file; choose another one",
  EEXIST: "its folder is a file; choose another one",
  ENAMETOOLONG: "its name is too long; choose a shorter one",
  ENOSPC: FULL,
  EDQUOT: FULL,
  8: NO_RIGHT_TO_WRITE,
  10: "the disk refused the write; check the disk, and the allowed file size",
  13: FULL,
  14: NO_RIGHT_TO_WRITE,
};
