import type { ApiKey } from "../keys/key.ts";
import type { KeyChanges } from "../keys/key-changes.ts";

/** A read of one key that is under way. */
export type KeyRead = {
  readonly digest: string;
  /** The key may have changed since the read began. */
  isOutdated: boolean;
};

/** The reads of keys that are under way. */
export type KeyReads = {
  /** Reads a key. Look-ups of one digest share a read, but none begins to share an outdated one. */
  readonly find: (digest: string) => Promise<ApiKey | undefined>;
  /** Marks the reads that these changes make outdated. */
  readonly forget: (changes: KeyChanges) => void;
};

export function createKeyReads(start: (read: KeyRead) => Promise<ApiKey | undefined>): KeyReads {
  const running = new Set<KeyRead>();
  const shared = new Map<string, Promise<ApiKey | undefined>>();

  const share = (digest: string) => {
    const read = { digest, isOutdated: false };
    running.add(read);
    const found: Promise<ApiKey | undefined> = start(read).finally(() => {
      running.delete(read);
      if (shared.get(digest) === found) shared.delete(digest);
    });
    shared.set(digest, found);
    return found;
  };

  return {
    find: (digest) => shared.get(digest) ?? share(digest),
    forget: (changes) => {
      for (const read of running) {
        if (!mayConcern(changes, read)) continue;
        read.isOutdated = true;
        shared.delete(read.digest);
      }
    },
  };
}

/** The client of a key that is being read is unknown, so a change to any client may concern it. */
function mayConcern(changes: KeyChanges, { digest }: KeyRead): boolean {
  return changes.kind === "all" || changes.clientIds.length > 0 || changes.digests.includes(digest);
}
