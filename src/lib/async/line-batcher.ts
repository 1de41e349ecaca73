import { createBatcher } from "./batcher.ts";

/** Takes lines one by one and writes them in batches. */
export type LineBatcher = {
  readonly write: (line: string) => void;
  /** Writes the waiting lines immediately: for the end of the process. */
  readonly flush: () => void;
};

/**
 * Writes all lines of one turn of the event loop together, at its end. A write is a system call, which costs more than
 * everything else about a line.
 */
export function createLineBatcher(writeOut: (lines: string) => void): LineBatcher {
  const { add, flush } = createBatcher<string>((lines) => {
    for (const chunk of chunksOf(lines)) writeOut(chunk);
  });
  return { write: add, flush };
}

/** POSIX: a write of up to this size reaches a pipe in one piece, even if other processes write to it as well. */
const PIPE_BUF = 4_096;

/** Whole lines, joined into chunks of at most `PIPE_BUF` bytes; a longer line is a chunk of its own. */
function chunksOf(lines: readonly string[]): readonly string[] {
  const chunks: string[] = [];
  let [chunk, bytes] = ["", 0];
  for (const line of lines) {
    const more = Buffer.byteLength(line);
    if (bytes > 0 && bytes + more > PIPE_BUF) {
      chunks.push(chunk);
      [chunk, bytes] = ["", 0];
    }
    chunk += line;
    bytes += more;
  }
  return [...chunks, chunk];
}
