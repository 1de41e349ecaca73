import type { ApiKey } from "../keys/key.ts";
import { ALL_KEYS, type KeyChanges } from "../keys/key-changes.ts";
import type { KeyFinder } from "./identify.ts";
import { createKeyCache } from "./key-cache.ts";
import { createKeyReads, type KeyRead } from "./key-reads.ts";

/** Tells whether keys in memory are still current. */
export type Freshness = {
  /**
   * A number that differs after every committed change to keys, by any process.
   * @throws when it cannot be known.
   */
  readonly version: () => number;
  /** Which keys may have changed between an earlier version and the latest one. Without it, each of them may have. */
  readonly since?: (version: number) => KeyChanges;
};

/** Reads the keys that are not in memory. It must see only committed changes. */
export type KeySource = Pick<KeyFinder, "findByDigest"> & {
  /**
   * Reads a key without waiting.
   * @returns null: the key does not exist; undefined: only `findByDigest` can tell.
   */
  readonly findNow?: (digest: string) => ApiKey | null | undefined;
};

export type KeyringOptions = {
  readonly source: KeySource;
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

/** Reads of one digest that are repeated because its key changed during the read. */
const MAX_READS = 3;

/**
 * Caches keys, and proves the cache fresh before each use: a look-up that begins after a change was committed never
 * returns the state before it. If freshness cannot be proven it throws, like its source.
 */
export function createKeyring({ source, freshness, knownKeys, unknownKeys }: KeyringOptions): Keyring {
  const cache = createKeyCache(knownKeys ?? KNOWN_KEYS, unknownKeys ?? UNKNOWN_KEYS);
  const reads = createKeyReads((read) => readFresh(read, MAX_READS));
  /** Also forgets the reads under way that may have read the state before a change. */
  const refresh = createRefresh(freshness, (changes) => {
    cache.forget(changes);
    reads.forget(changes);
  });

  const readFresh = async (read: KeyRead, readsLeft: number): Promise<ApiKey | undefined> => {
    refresh();
    read.isOutdated = false;
    const key = await source.findByDigest(read.digest);
    refresh();
    if (!read.isOutdated) cache.add(read.digest, key);
    // If the key changes during every read, the last one is good enough: it began after the look-up.
    return read.isOutdated && readsLeft > 1 ? readFresh(read, readsLeft - 1) : key;
  };

  /** Proves the cache fresh, and fills it where that takes no waiting. A change after the proof is in the next one. */
  const findNow = (digest: string): ApiKey | null | undefined => {
    refresh();
    const cached = cache.find(digest);
    if (cached !== undefined || source.findNow === undefined) return cached;
    const found = source.findNow(digest);
    if (found !== undefined) cache.add(digest, found ?? undefined);
    return found;
  };

  return {
    findByDigest: async (digest) => {
      const key = findNow(digest);
      return key === undefined ? reads.find(digest) : (key ?? undefined);
    },
    findCached: (digest) => {
      const key = findNow(digest);
      // Checked once more, because the caller relies on it: a key is cached only under its own digest.
      return !key || key.digest === digest ? key : undefined;
    },
    size: cache.size,
  };
}

/** @returns a function that forgets the keys that changed since it was called before. */
function createRefresh(freshness: Freshness, forget: (changes: KeyChanges) => void): () => void {
  let cachedVersion: number | undefined;
  return () => {
    const version = freshness.version();
    if (version === cachedVersion) return;
    const named = cachedVersion === undefined ? undefined : freshness.since?.(cachedVersion);
    forget(named ?? ALL_KEYS);
    cachedVersion = version;
  };
}
