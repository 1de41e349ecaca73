import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

/**
 * Reads a file that only this user can have written: the file and its folder belong to this user, and no other user can
 * write to them.
 * @returns undefined when the file does not exist.
 */
export function readPrivateFile(path: string): Buffer | undefined {
  let file: number | undefined;
  try {
    if (!isPrivate(lstatSync(dirname(path)))) return undefined;
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = fstatSync(file);
    return stats.isFile() && isPrivate(stats) ? readFileSync(file) : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Writes such a file of several parts, whole or not at all. Without the right to do so, nothing is written. */
export function writePrivateFile(path: string, parts: Iterable<string>) {
  const unfinished = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    if (!isPrivate(lstatSync(dirname(path)))) return;
    // A file that is there already is not opened: it may be a link.
    const file = openSync(unfinished, "wx", 0o600);
    try {
      for (const part of parts) writeFileSync(file, part);
    } finally {
      closeSync(file);
    }
    renameSync(unfinished, path);
  } catch {
    rmSync(unfinished, { force: true });
  }
}

const WRITABLE_BY_OTHERS = 0o022;

/** Windows has no user ids. Files there are protected by the folder that they are in. */
function isPrivate({ uid, mode }: Stats): boolean {
  const own = process.getuid?.();
  return own === undefined || (uid === own && (mode & WRITABLE_BY_OTHERS) === 0);
}
