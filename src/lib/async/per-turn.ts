/** Collects what comes in one turn of the event loop. */
export type PerTurn<T> = {
  readonly add: (one: T) => void;
  /** Hands on at once what has not been handed on yet. */
  readonly flush: () => void;
};

/**
 * Hands on together what came in one turn of the event loop, at its end, in its order: for what costs more each time than
 * everything that leads to it, such as a call of the system.
 * @param most as soon as there are so many, they are handed on at once; left out, any number waits.
 */
export function perTurn<T>(passToHostApp: (all: readonly T[]) => void, most = Number.POSITIVE_INFINITY): PerTurn<T> {
  let waiting: T[] = [];
  const flush = () => {
    const all = waiting;
    waiting = [];
    if (all.length > 0) passToHostApp(all);
  };
  return {
    add: (one) => {
      waiting.push(one);
      if (waiting.length === 1) setImmediate(flush);
      else if (waiting.length === most) flush();
    },
    flush,
  };
}
