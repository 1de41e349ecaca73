import type { Instant } from "../lib/time/clock.ts";
import type { Quota } from "./limit.ts";
import { type Span, spanOf } from "./period.ts";

/** What is counted: one quota of one client in one span of the calendar. */
export type Account = { readonly clientId: string; readonly quota: string; readonly span: string };

/** Where counts outlast the process. */
export type QuotaStore = {
  /** What was used so far. */
  readonly read: (accounts: readonly Account[]) => Promise<readonly number[]>;
  /** Adds, all or none of them, and answers what is used then, by others too. */
  readonly add: (changes: readonly (Account & { readonly units: number })[]) => Promise<readonly number[]>;
};

type Entry = Account & {
  /** As the store had it last. */
  stored: number;
  /** Not in the store yet; below zero when something was given back. */
  pending: number;
  readonly endsAt: Instant;
};

export type Ledger = {
  /** Undefined: it has to be read first. */
  readonly usedOf: (clientId: string, quota: Quota, now: Instant) => number | undefined;
  /** Reads what has not been read yet. */
  readonly load: (clientId: string, quotas: readonly Quota[], now: Instant) => Promise<void>;
  /** Of accounts that have been read; others are ignored. */
  readonly change: (clientId: string, quota: Quota, units: number, now: Instant) => void;
  /** Brings what is pending into the store. What fails stays pending. */
  readonly flush: (now: Instant) => Promise<void>;
  /** How many units are not in the store yet, whether taken or given back. */
  readonly unwritten: () => number;
};

/** As many accounts are kept in memory as are in use; this many more may wait until they are used again. */
const MOST_IDLE = 100_000;

/** So many accounts are written in one transaction: some milliseconds. */
const WRITTEN_AT_A_TIME = 500;

/** Counts in memory, and brings the counts into a store: a request waits for it once, when its client is seen first. */
export function createLedger(store: QuotaStore, mostIdle = MOST_IDLE): Ledger {
  const spans = createSpans();
  const dirty = new Set<Entry>();
  const loads = new Map<string, Promise<void>>();
  let flushing = Promise.resolve();

  const find = (clientId: string, quota: Quota, now: Instant) => spans.entriesOf(quota, now).get(clientId);

  const read = async (clientId: string, quota: Quota, now: Instant) => {
    const { name: span, endsAt } = spanOf(quota.period, now);
    const account = { clientId, quota: quota.name, span };
    const [stored = 0] = await store.read([account]);
    spans.entriesOf(quota, now).set(clientId, { ...account, stored, pending: 0, endsAt });
  };

  const loadOne = (clientId: string, quota: Quota, now: Instant): Promise<void> => {
    const name = `${clientId}\n${quota.name}\n${spanOf(quota.period, now).name}`;
    const current = loads.get(name) ?? read(clientId, quota, now).finally(() => loads.delete(name));
    loads.set(name, current);
    return current;
  };

  const write = async (now: Instant) => {
    const all = [...dirty];
    for (let first = 0; first < all.length; first += WRITTEN_AT_A_TIME) {
      await writeSome(all.slice(first, first + WRITTEN_AT_A_TIME));
    }
    forget(now);
  };

  const writeSome = async (entries: readonly Entry[]) => {
    const changed = entries.map((entry) => ({ entry, units: entry.pending }));
    for (const entry of entries) dirty.delete(entry);
    try {
      const stored = await store.add(changed.map(({ entry, units }) => ({ ...toAccount(entry), units })));
      for (const [index, { entry, units }] of changed.entries()) {
        entry.stored = stored[index] ?? entry.stored + units;
        entry.pending -= units;
      }
    } catch (cause) {
      for (const entry of entries) dirty.add(entry);
      throw cause;
    }
  };

  /** What has ended, and of the rest as much as is too much, those that came first. */
  const forget = (now: Instant) => {
    let size = spans.size();
    for (const entries of spans.all()) {
      for (const [clientId, { pending, endsAt }] of entries) {
        if (pending !== 0 || (endsAt > now && size <= mostIdle)) continue;
        entries.delete(clientId);
        size--;
      }
    }
    spans.forgetEmpty();
  };

  return {
    usedOf: (clientId, quota, now) => {
      const entry = find(clientId, quota, now);
      return entry && entry.stored + entry.pending;
    },
    load: async (clientId, quotas, now) => {
      const missing = quotas.filter((quota) => find(clientId, quota, now) === undefined);
      await Promise.all(missing.map((quota) => loadOne(clientId, quota, now)));
    },
    change: (clientId, quota, units, now) => {
      const entry = find(clientId, quota, now);
      if (entry === undefined) return;
      entry.pending += units;
      dirty.add(entry);
    },
    flush: (now) => {
      // One at a time: what is on its way must not be sent again.
      flushing = flushing.catch(() => {}).then(() => (dirty.size > 0 ? write(now) : undefined));
      return flushing;
    },
    unwritten: () => {
      let units = 0;
      for (const entries of spans.all()) for (const { pending } of entries.values()) units += Math.abs(pending);
      return units;
    },
  };
}

/** The entries of each quota in each span, by the id of the client. */
function createSpans() {
  const bySpan = new Map<string, Map<string, Entry>>();
  /** Where a quota was looked up last: every request of a client asks for the same. */
  const latest = new WeakMap<Quota, { readonly span: Span; readonly entries: Map<string, Entry> }>();

  return {
    entriesOf: (quota: Quota, now: Instant): Map<string, Entry> => {
      const span = spanOf(quota.period, now);
      const known = latest.get(quota);
      if (known?.span === span && known.entries.size > 0) return known.entries;
      const name = `${quota.name}\n${span.name}`;
      const entries = bySpan.get(name) ?? new Map<string, Entry>();
      bySpan.set(name, entries);
      latest.set(quota, { span, entries });
      return entries;
    },
    all: () => bySpan.values(),
    size: () => [...bySpan.values()].reduce((sum, { size }) => sum + size, 0),
    forgetEmpty: () => {
      for (const [name, { size }] of bySpan) if (size === 0) bySpan.delete(name);
    },
  };
}

function toAccount({ clientId, quota, span }: Entry): Account {
  return { clientId, quota, span };
}
