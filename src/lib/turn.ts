/** Counts the turns of the event loop, as far as anybody asks. */
export type Turns = {
  /** The same number for everything that happens in one turn. */
  readonly current: () => number;
};

export function createTurns(): Turns {
  let current = 0;
  let isCounting = false;
  const next = () => {
    current++;
    isCounting = false;
  };
  return {
    current: () => {
      if (!isCounting) {
        isCounting = true;
        // Immediates run when everything that was readable has been read.
        setImmediate(next);
      }
      return current;
    },
  };
}
