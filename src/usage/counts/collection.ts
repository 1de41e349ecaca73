/** Entries that are counted in until they are taken. */
export type Collection<Dimensions, Entry extends Dimensions> = {
  /** The entry with these dimensions; undefined if all room is taken. */
  readonly entryOf: (dimensions: Dimensions) => Entry | undefined;
  /** A new entry like one that was taken, without a look-up. So two entries may have the same dimensions. */
  readonly renew: (taken: Entry) => Entry | undefined;
  /** Has `entryOf` find renewed entries. */
  readonly index: () => void;
  readonly entries: () => readonly Entry[];
  /** Takes all entries, and begins again with none. */
  readonly take: () => readonly Entry[];
  readonly size: () => number;
};

type Options<Dimensions, Entry> = {
  readonly maxEntries: number;
  /** Equal for equal dimensions. Names are composed for look-ups only, because that takes longer than counting. */
  readonly nameOf: (dimensions: Dimensions) => string;
  readonly create: (dimensions: Dimensions) => Entry;
};

export function createCollection<Dimensions, Entry extends Dimensions>({
  maxEntries,
  nameOf,
  create,
}: Options<Dimensions, Entry>): Collection<Dimensions, Entry> {
  let named = new Map<string, Entry>();
  let renewed: Entry[] = [];
  const size = () => named.size + renewed.length;
  const entries = () => [...named.values(), ...renewed];

  return {
    entryOf: (dimensions) => {
      const name = nameOf(dimensions);
      const found = named.get(name);
      if (found !== undefined || size() >= maxEntries) return found;
      const entry = create(dimensions);
      named.set(name, entry);
      return entry;
    },
    renew: (taken) => {
      if (size() >= maxEntries) return undefined;
      const entry = create(taken);
      renewed.push(entry);
      return entry;
    },
    index: () => {
      renewed = renewed.filter((entry) => {
        const name = nameOf(entry);
        if (named.has(name)) return true;
        named.set(name, entry);
        return false;
      });
    },
    entries,
    take: () => {
      const taken = entries();
      named = new Map();
      renewed = [];
      return taken;
    },
    size,
  };
}
