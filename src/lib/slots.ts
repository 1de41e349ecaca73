export type Slots<T> = {
  /** @returns what takes it out again, once. */
  readonly add: (item: T) => () => void;
  /** What is in the slots now; what comes in while it is read may be left out. */
  readonly items: () => readonly T[];
};

/**
 * A collection for what comes and goes with each request. A `Map` would drop its table after every few additions, and V8
 * would keep what dropped tables refer to, with the whole request behind it, until its next full collection.
 */
export function createSlots<T extends object>(): Slots<T> {
  const slots: (T | undefined)[] = [];
  const free: number[] = [];
  return {
    add: (item) => {
      const index = free.pop() ?? slots.length;
      slots[index] = item;
      return () => {
        // Another item may have its slot by now.
        if (slots[index] !== item) return;
        slots[index] = undefined;
        free.push(index);
      };
    },
    items: () => slots.filter((item) => item !== undefined),
  };
}
