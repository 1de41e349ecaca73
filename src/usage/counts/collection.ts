/** Entries that are counted in until they are taken. */
export type Collection<Dimensions, Entry extends Dimensions> = {
  /** The entry with these dimensions; undefined if all room is taken. */
  readonly entryOf: (dimensions: Dimensions) => Entry | undefined;
  readonly entries: () => readonly Entry[];
  /** Takes all entries, and begins again with none. */
  readonly take: () => readonly Entry[];
  readonly size: () => number;
};

type Options<Dimensions, Entry> = {
  readonly maxEntries: number;
  /** An id that few entries share, such as that of a key. */
  readonly ownerOf: (dimensions: Dimensions) => string;
  /** Has the entry these dimensions? Its owner is the same. */
  readonly isLike: (entry: Entry, dimensions: Dimensions) => boolean;
  /** Different for different dimensions of one owner. */
  readonly nameOf: (dimensions: Dimensions) => string;
  readonly create: (dimensions: Dimensions) => Entry;
};

const NONE: readonly never[] = [];

/** Entries of one owner that are compared one by one. To compose a name takes as long as some comparisons. */
const MAX_COMPARED = 8;

export function createCollection<Dimensions, Entry extends Dimensions>({
  maxEntries,
  ownerOf,
  isLike,
  nameOf,
  create,
}: Options<Dimensions, Entry>): Collection<Dimensions, Entry> {
  let byOwner = new Map<string, Entry[]>();
  /** Further entries of an owner, by owner and name. */
  let named = new Map<string, Entry>();
  let all: Entry[] = [];

  const add = (dimensions: Dimensions) => {
    if (all.length >= maxEntries) return undefined;
    const entry = create(dimensions);
    all.push(entry);
    return entry;
  };

  const findNamed = (owner: string, dimensions: Dimensions) => {
    const name = `${owner} ${nameOf(dimensions)}`;
    const entry = named.get(name) ?? add(dimensions);
    if (entry !== undefined) named.set(name, entry);
    return entry;
  };

  return {
    entryOf: (dimensions) => {
      const owner = ownerOf(dimensions);
      const ofOwner = byOwner.get(owner);
      for (const entry of ofOwner ?? NONE) if (isLike(entry, dimensions)) return entry;
      if (ofOwner !== undefined && ofOwner.length >= MAX_COMPARED) return findNamed(owner, dimensions);
      const entry = add(dimensions);
      if (entry === undefined) return undefined;
      // Nearly all owners have one entry: an array that grows from none would take room for many.
      if (ofOwner === undefined) byOwner.set(owner, [entry]);
      else ofOwner.push(entry);
      return entry;
    },
    entries: () => all,
    take: () => {
      const taken = all;
      all = [];
      byOwner = new Map();
      named = new Map();
      return taken;
    },
    size: () => all.length,
  };
}
