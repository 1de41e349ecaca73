import type { ApiKey } from "../keys/key.ts";
import type { KeyChanges } from "../keys/key-changes.ts";
import { createLruCache } from "../lib/lru-cache.ts";

/** Remembers keys, and which digests have none. */
export type KeyCache = {
  /** Null: the key does not exist; undefined: not in memory. */
  readonly find: (digest: string) => ApiKey | null | undefined;
  readonly add: (digest: string, key: ApiKey | undefined) => void;
  readonly forget: (changes: KeyChanges) => void;
  /** How many keys are in memory. */
  readonly size: () => number;
};

/** @param unknownKeys how many digests without a key are kept; separately, so that unknown callers evict no keys. */
export function createKeyCache(knownKeys: number, unknownKeys: number): KeyCache {
  const byClient = createDigestsByClient();
  const known = createLruCache<ApiKey>(knownKeys, byClient.remove);
  const unknown = createLruCache<true>(unknownKeys);

  const forgetDigest = (digest: string) => {
    const key = known.get(digest);
    if (key !== undefined) byClient.remove(digest, key);
    known.delete(digest);
    unknown.delete(digest);
  };

  return {
    find: (digest) => known.get(digest) ?? (unknown.get(digest) ? null : undefined),
    add: (digest, key) => {
      // The client of a key in memory is that of its entry in `byClient`, so an old entry goes first.
      forgetDigest(digest);
      if (key === undefined) return unknown.set(digest, true);
      byClient.add(digest, key);
      known.set(digest, key);
    },
    forget: (changes) => {
      if (changes.kind === "all") {
        known.clear();
        unknown.clear();
        byClient.clear();
        return;
      }
      changes.digests.forEach(forgetDigest);
      for (const clientId of changes.clientIds) byClient.digestsOf(clientId).forEach(forgetDigest);
    },
    size: known.size,
  };
}

function createDigestsByClient() {
  const digests = new Map<string, Set<string>>();
  return {
    add: (digest: string, { client }: ApiKey) => {
      const ofClient = digests.get(client.id) ?? new Set();
      digests.set(client.id, ofClient.add(digest));
    },
    remove: (digest: string, { client }: ApiKey) => {
      const ofClient = digests.get(client.id);
      ofClient?.delete(digest);
      if (ofClient?.size === 0) digests.delete(client.id);
    },
    digestsOf: (clientId: string): readonly string[] => [...(digests.get(clientId) ?? [])],
    clear: () => digests.clear(),
  };
}
