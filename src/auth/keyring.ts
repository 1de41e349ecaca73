import type { ApiKey } from "../keys/key.ts";
import { createLruCache } from "../lib/lru-cache.ts";
import type { KeyFinder } from "./identify.ts";

/** Tells whether what was read still holds. */
export type Freshness = {
  /**
   * A number that is another one after every change to keys that was committed, whoever made it.
   * @throws when that cannot be known.
   */
  readonly version: () => number;
};

export type KeyringOptions = {
  /** Where keys are read that are not in memory; it sees nothing but what was committed. */
  readonly source: KeyFinder;
  readonly freshness: Freshness;
  /** How many keys are kept in memory. */
  readonly knownKeys?: number;
  /** How many digests are kept that belong to no key; apart, so that strangers push no key out. */
  readonly unknownKeys?: number;
};

export type Keyring = Required<KeyFinder> & {
  /** How many keys are in memory. */
  readonly size: () => number;
};

const KNOWN_KEYS = 30_000;
const UNKNOWN_KEYS = 1_000;
const FILLS = 3;

/**
 * Keys in memory, each proven fresh before it is handed out: a look-up that begins after a change was committed never
 * answers what was true before. Where nothing can be proven it throws, like its source.
 */
export function createKeyring({ source, freshness, ...limits }: KeyringOptions): Keyring {
  const known = createLruCache<ApiKey>(limits.knownKeys ?? KNOWN_KEYS);
  const unknown = createLruCache<true>(limits.unknownKeys ?? UNKNOWN_KEYS);
  const fills = new Map<string, Promise<ApiKey | undefined>>();
  let filledAt: number | undefined;

  /** Empties everything when something changed; also the fills, which may have read what was there before. */
  const refresh = () => {
    const version = freshness.version();
    if (version === filledAt) return version;
    for (const memory of [known, unknown, fills]) memory.clear();
    filledAt = version;
    return version;
  };

  const keep = (digest: string, key: ApiKey | undefined) => {
    if (key === undefined) unknown.set(digest, true);
    else known.set(digest, key);
  };

  const fill = async (digest: string, fillsLeft: number): Promise<ApiKey | undefined> => {
    const version = refresh();
    const key = await source.findByDigest(digest);
    if (refresh() === version) {
      keep(digest, key);
      return key;
    }
    // Changed meanwhile. Where that never ends, the last reading will do: it is younger than the look-up.
    return fillsLeft > 1 ? fill(digest, fillsLeft - 1) : key;
  };

  const join = (digest: string) => {
    const running = fills.get(digest);
    if (running !== undefined) return running;

    const started: Promise<ApiKey | undefined> = fill(digest, FILLS).finally(() => {
      if (fills.get(digest) === started) fills.delete(digest);
    });
    fills.set(digest, started);
    return started;
  };

  return {
    findByDigest: async (digest) => {
      refresh();
      const key = known.get(digest);
      if (key !== undefined) return key;
      return unknown.get(digest) ? undefined : join(digest);
    },
    findCached: (digest) => {
      refresh();
      const key = known.get(digest);
      // Only what was found by this very digest is ever kept under it.
      if (key !== undefined) return key.digest === digest ? key : undefined;
      return unknown.get(digest) ? null : undefined;
    },
    size: known.size,
  };
}
