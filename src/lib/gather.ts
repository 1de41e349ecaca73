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
  let waiting = "";
  const flush = () => {
    const lines = waiting;
    waiting = "";
    if (lines !== "") handOn(lines);
  };
  return {
    write: (line) => {
      if (waiting === "") setImmediate(flush);
      waiting += line;
    },
    flush,
  };
}
