/** Collects items until the end of the current turn of the event loop. */
export type Batcher<T> = {
  readonly add: (item: T) => void;
  /** Handles the waiting items immediately. */
  readonly flush: () => void;
};

/**
 * Passes all items of one turn of the event loop to `handle` together, at its end and in order: for work that has a
 * high cost per call, such as a system call.
 * @param maxItems a batch of this size is handled immediately. Default: no maximum.
 */
export function createBatcher<T>(
  handle: (items: readonly T[]) => void,
  maxItems = Number.POSITIVE_INFINITY,
): Batcher<T> {
  let waiting: T[] = [];
  const flush = () => {
    const items = waiting;
    waiting = [];
    if (items.length > 0) handle(items);
  };
  return {
    add: (item) => {
      waiting.push(item);
      if (waiting.length === 1) setImmediate(flush);
      else if (waiting.length === maxItems) flush();
    },
    flush,
  };
}
