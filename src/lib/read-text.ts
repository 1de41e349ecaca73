import { isUtf8 } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** A file cannot be read as text; the message says why, then how to fix it. */
export class TextUnreadable extends Error {}

/** The largest file that is read. */
export const MAX_FILE_BYTES = 20 * 1_048_576;

/**
 * Reads a regular file of limited size in UTF-8. Pipes and devices are refused: they may have no end.
 * @throws TextUnreadable
 */
export function readText(path: string | URL): string {
  const bytes = readBytes(path);
  if (!isUtf8(bytes) || bytes.includes(0)) {
    throw new TextUnreadable("it is not text in UTF-8: save it as YAML or JSON in that encoding");
  }
  return bytes.toString("utf8");
}

/**
 * Reads such a file in parts, also one that is not text.
 * @param use gets a part that changes after the call.
 * @throws TextUnreadable
 */
export function readParts(path: string | URL, use: (part: Uint8Array) => void) {
  withFile(path, (file, size) => {
    const part = Buffer.alloc(65_536);
    let length = 0;
    for (let read = -1; read !== 0 && length <= size; length += read) {
      read = readPart(path, file, part);
      use(part.subarray(0, read));
    }
    if (length > size) throw new TextUnreadable(GROWN);
  });
}

function readBytes(path: string | URL): Buffer {
  return withFile(path, (file, size) => {
    // One byte more than announced, to notice a file that grows.
    const bytes = Buffer.alloc(size + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readPart(path, file, bytes.subarray(length));
    if (length > size) throw new TextUnreadable(GROWN);
    return bytes.subarray(0, length);
  });
}

const GROWN = "it grew while it was read: try again";

/** @param use gets a regular file of limited size, which is closed after the call. */
function withFile<T>(path: string | URL, use: (file: number, size: number) => T): T {
  const file = open(path);
  try {
    const found = fstatSync(file);
    if (found.isDirectory()) throw new TextUnreadable("it is a folder: use a file in it (EISDIR)");
    if (!found.isFile()) throw new TextUnreadable("it is not a regular file: copy its content to one, and use that");
    if (found.size > MAX_FILE_BYTES) throw new TextUnreadable(TOO_LARGE);
    return use(file, found.size);
  } finally {
    closeSync(file);
  }
}

/** @returns how many bytes were read, 0 at the end. */
function readPart(path: string | URL, file: number, into: Buffer): number {
  try {
    return readSync(file, into);
  } catch (cause) {
    throw new TextUnreadable(`cannot read ${path} (${codeOf(cause)})`, { cause });
  }
}

const TOO_LARGE = `it has more than ${MAX_FILE_BYTES / 1_048_576} MB: split it, or remove what is not needed`;

function open(path: string | URL): number {
  try {
    // Opening a pipe without a writer would block.
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    const code = codeOf(cause);
    const fix = code === "ENOENT" ? ": the file does not exist; check its name and folder" : "";
    throw new TextUnreadable(`cannot open ${path} (${code})${fix}`, { cause });
  }
}

/** The code of a system error, such as ENOENT. */
function codeOf(error: unknown): string {
  return String(Reflect.get(Object(error), "code") ?? error);
}
