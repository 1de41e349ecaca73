import { isUtf8 } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** A file is not one that a contract is read from; the message says why, and the cure. */
export class TextUnreadable extends Error {}

/** The largest file that is read. */
export const MOST_FILE_BYTES = 20 * 1_048_576;

/**
 * The text of a file, if that is a file of a sensible size in UTF-8. Others, such as pipes and devices, may have no end.
 * @throws TextUnreadable
 */
export function readText(path: string | URL): string {
  const bytes = readBytes(path);
  if (!isUtf8(bytes) || bytes.includes(0)) {
    throw new TextUnreadable("it is not a text in UTF-8: save it in that encoding, as YAML or JSON");
  }
  return bytes.toString("utf8");
}

function readBytes(path: string | URL): Buffer {
  const file = open(path);
  try {
    const found = fstatSync(file);
    if (found.isDirectory()) throw new TextUnreadable("it is a folder: name a file in it (EISDIR)");
    if (!found.isFile()) throw new TextUnreadable("it is not a regular file: write what it says to one, and name that");
    if (found.size > MOST_FILE_BYTES) throw new TextUnreadable(TOO_LARGE);
    // One byte more, to see whether there is more than was announced.
    const bytes = Buffer.alloc(found.size + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readPart(path, file, bytes.subarray(length));
    if (length > found.size) throw new TextUnreadable("it is longer than it says, or is being written: try again");
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

/** @returns how many bytes came, 0 at the end. */
function readPart(path: string | URL, file: number, into: Buffer): number {
  try {
    return readSync(file, into);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new TextUnreadable(`cannot read ${path} (${code})`, { cause });
  }
}

const TOO_LARGE = `it has more than ${MOST_FILE_BYTES / 1_048_576} MB: split it, or leave out what is not needed`;

function open(path: string | URL): number {
  try {
    // A pipe without a writer would be waited for.
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new TextUnreadable(`cannot open ${path} (${code})`, { cause });
  }
}
