/** Runs what it is given, `most` at a time; the rest waits in the order in which it came. */
export function createAtOnce(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      // The place is handed on, so that nothing gets in between.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
