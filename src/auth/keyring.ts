import type { ApiKey } from "../keys/key.ts";
import { createLruCache } from "../lib/lru-cache.ts";
import type { KeyFinder } from "./identify.ts";

/** Tells whether keys in memory are still current. */
export type Freshness = {
  /**
   * A number that differs after every committed change to keys, by any process.
   * @throws when it cannot be known.
   */
  readonly version: () => number;
};

export type KeyringOptions = {
  /** Reads the keys that are not in memory. It must see only committed changes. */
  readonly source: KeyFinder;
  readonly freshness: Freshness;
  /** How many keys are kept in memory. */
  readonly knownKeys?: number;
  /** How many digests without a key are kept; in a cache of their own, so that unknown callers evict no keys. */
  readonly unknownKeys?: number;
};

export type Keyring = Required<KeyFinder> & {
  /** How many keys are in memory. */
  readonly size: () => number;
};

const KNOWN_KEYS = 30_000;
const UNKNOWN_KEYS = 1_000;

/** Reads of one digest that are repeated because keys changed during the read. */
const MAX_READS = 3;

/**
 * Caches keys, and proves the cache fresh before each use: a look-up that begins after a change was committed never
 * returns the state before it. If freshness cannot be proven it throws, like its source.
 */
export function createKeyring({ source, freshness, knownKeys, unknownKeys }: KeyringOptions): Keyring {
  const cache = createKeyCache(knownKeys ?? KNOWN_KEYS, unknownKeys ?? UNKNOWN_KEYS);
  const reads = createSharedReads((digest) => readFresh(digest, MAX_READS));
  let cachedVersion: number | undefined;

  /** Empties the cache after a change, and the reads under way, which may have read the state before it. */
  const refresh = (): number => {
    const version = freshness.version();
    if (version !== cachedVersion) {
      cache.clear();
      reads.clear();
    }
    cachedVersion = version;
    return version;
  };

  const readFresh = async (digest: string, readsLeft: number): Promise<ApiKey | undefined> => {
    const version = refresh();
    const key = await source.findByDigest(digest);
    const isFresh = refresh() === version;
    if (isFresh) cache.add(digest, key);
    // If keys change during every read, the last one is good enough: it began after the look-up.
    return isFresh || readsLeft === 1 ? key : readFresh(digest, readsLeft - 1);
  };

  return {
    findByDigest: async (digest) => {
      refresh();
      const key = cache.find(digest);
      return key === undefined ? reads.read(digest) : (key ?? undefined);
    },
    findCached: (digest) => {
      refresh();
      const key = cache.find(digest);
      // Checked once more, because the caller relies on it: a key is cached only under its own digest.
      return !key || key.digest === digest ? key : undefined;
    },
    size: cache.size,
  };
}

/** Remembers keys, and which digests have none. */
function createKeyCache(knownKeys: number, unknownKeys: number) {
  const known = createLruCache<ApiKey>(knownKeys);
  const unknown = createLruCache<true>(unknownKeys);
  return {
    /** Null: the key does not exist; undefined: not in memory. */
    find: (digest: string): ApiKey | null | undefined => known.get(digest) ?? (unknown.get(digest) ? null : undefined),
    add: (digest: string, key: ApiKey | undefined) => {
      if (key === undefined) unknown.set(digest, true);
      else known.set(digest, key);
    },
    clear: () => {
      known.clear();
      unknown.clear();
    },
    size: known.size,
  };
}

/** Look-ups of the same digest at the same time share one read. */
function createSharedReads(start: (digest: string) => Promise<ApiKey | undefined>) {
  const running = new Map<string, Promise<ApiKey | undefined>>();
  return {
    read: (digest: string): Promise<ApiKey | undefined> => {
      const current = running.get(digest);
      if (current !== undefined) return current;
      const started: Promise<ApiKey | undefined> = start(digest).finally(() => {
        if (running.get(digest) === started) running.delete(digest);
      });
      running.set(digest, started);
      return started;
    },
    /** Later look-ups start a read of their own. */
    clear: () => running.clear(),
  };
}
