/** Remembers the `limit` entries that were used last, and forgets the others. */
export type Recent<V> = {
  readonly get: (name: string) => V | undefined;
  readonly set: (name: string, value: V) => void;
  readonly clear: () => void;
  readonly size: () => number;
};

/** @param limit from 1. */
export function createRecent<V>(limit: number): Recent<V> {
  // A Map keeps the order of insertion: what is used moves to its end, and what stands first was used longest ago.
  const entries = new Map<string, V>();
  const moveToEnd = (name: string, value: V) => {
    entries.delete(name);
    entries.set(name, value);
  };

  return {
    get: (name) => {
      const value = entries.get(name);
      // As long as there is plenty of room, nobody has to know what was used last.
      if (value !== undefined && entries.size > limit / 2) moveToEnd(name, value);
      return value;
    },
    set: (name, value) => {
      moveToEnd(name, value);
      const [oldest] = entries.keys();
      if (entries.size > limit && oldest !== undefined) entries.delete(oldest);
    },
    clear: () => entries.clear(),
    size: () => entries.size,
  };
}
