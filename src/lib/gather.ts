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
export function gather(handOn: (lines: string) => void): Gatherer {
  const { add, flush } = perTurn<string>((lines) => handOn(lines.join("")));
  return { write: add, flush };
}
