import type { Entry, QuotaStore } from "./accounts.ts";

/** Writes pending units to the store. */
export type AccountWriter = {
  /** Has `entry` written by the next `write`. */
  readonly mark: (entry: Entry) => void;
  /** Writes every marked entry. Entries that fail stay marked. @returns false if there were none. */
  readonly write: () => Promise<boolean>;
};

/** Accounts per transaction: it takes a few milliseconds. */
const CHUNK_ACCOUNTS = 500;

export function createAccountWriter(store: QuotaStore): AccountWriter {
  const marked = new Set<Entry>();
  return {
    mark: (entry) => marked.add(entry),
    write: async () => {
      const entries = [...marked];
      for (let start = 0; start < entries.length; start += CHUNK_ACCOUNTS) {
        await writeChunk(store, entries.slice(start, start + CHUNK_ACCOUNTS), marked);
      }
      return entries.length > 0;
    },
  };
}

async function writeChunk(store: QuotaStore, entries: readonly Entry[], marked: Set<Entry>) {
  // Units that are counted while the store is writing stay pending and mark their entry again.
  const changes = entries.map(({ clientId, quota, span, pending }) => ({ clientId, quota, span, units: pending }));
  for (const entry of entries) marked.delete(entry);
  try {
    const stored = await store.add(changes);
    for (const [index, entry] of entries.entries()) {
      const units = changes[index]?.units ?? 0;
      entry.stored = stored[index] ?? entry.stored + units;
      entry.pending -= units;
    }
  } catch (cause) {
    for (const entry of entries) marked.add(entry);
    throw cause;
  }
}
