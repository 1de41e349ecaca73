import { perTurn } from "./per-turn.ts";

/** Takes lines one by one, and hands them on together. */
export type Gatherer = {
  readonly write: (line: string) => void;
  /** What has not been handed on yet, at once: for the end of the process. */
  readonly flush: () => void;
};

/**
 * Hands lines on once in a turn of the event loop, at its end: each time is a call of the system, which takes longer
 * than everything that leads to a line.
 */
export function gather(passToHostApp: (lines: string) => void): Gatherer {
  const { add, flush } = perTurn<string>((lines) => {
    for (const piece of piecesOf(lines)) passToHostApp(piece);
  });
  return { write: add, flush };
}

/** POSIX: so many bytes go into a pipe whole, whoever else writes there; a longer line may always have been torn. */
const PIPE_BUF = 4_096;

function piecesOf(lines: readonly string[]): readonly string[] {
  const pieces: string[] = [];
  let [piece, bytes] = ["", 0];
  for (const line of lines) {
    const more = Buffer.byteLength(line);
    if (bytes > 0 && bytes + more > PIPE_BUF) {
      pieces.push(piece);
      [piece, bytes] = ["", 0];
    }
    piece += line;
    bytes += more;
  }
  return [...pieces, piece];
}
