/** @returns a function that runs the work it is given, at most `maxRunning` at a time; the rest waits in order. */
export function createConcurrencyLimit(maxRunning: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= maxRunning) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      // The slot passes directly to the next in line; freed first, a newcomer could take it.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
