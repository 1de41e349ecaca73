/** A cache of limited size: the entry that was used longest ago makes room for a new one. */
export type LruCache<V> = {
  readonly get: (name: string) => V | undefined;
  readonly set: (name: string, value: V) => void;
  readonly delete: (name: string) => void;
  readonly clear: () => void;
  readonly size: () => number;
};

/**
 * @param maxEntries from 1.
 * @param onEvict called with each entry that makes room for another.
 */
export function createLruCache<V>(maxEntries: number, onEvict?: (name: string, value: V) => void): LruCache<V> {
  // A Map iterates in the order of insertion: entries move to the end when they are used, so the first is the oldest.
  const entries = new Map<string, V>();
  const moveToEnd = (name: string, value: V) => {
    entries.delete(name);
    entries.set(name, value);
  };

  return {
    get: (name) => {
      const value = entries.get(name);
      // The order of use matters only when entries may soon be evicted; below half full the move is skipped.
      if (value !== undefined && entries.size > maxEntries / 2) moveToEnd(name, value);
      return value;
    },
    set: (name, value) => {
      moveToEnd(name, value);
      if (entries.size <= maxEntries) return;
      const [oldest] = entries;
      if (oldest === undefined) return;
      entries.delete(oldest[0]);
      onEvict?.(...oldest);
    },
    delete: (name) => void entries.delete(name),
    clear: () => entries.clear(),
    size: () => entries.size,
  };
}
