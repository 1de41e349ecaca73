/** Counts the turns of the event loop until it is stopped. */
export function countTurns(): { readonly current: () => number; readonly stop: () => void } {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  return {
    current: () => turns,
    stop: () => {
      isOver = true;
    },
  };
}

/** Counts the turns of the event loop while `work` runs. */
export async function turnsDuring<T>(work: Promise<T>): Promise<{ readonly result: T; readonly turns: number }> {
  const { current, stop } = countTurns();
  try {
    return { result: await work, turns: current() };
  } finally {
    stop();
  }
}
