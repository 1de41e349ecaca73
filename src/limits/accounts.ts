import type { Instant } from "../lib/time/clock.ts";
import type { Quota } from "./limit.ts";
import { type Span, spanOf } from "./period.ts";

/** What units are counted in: one quota of one client in one day or month. */
export type Account = { readonly clientId: string; readonly quota: string; readonly span: string };

/** Stores quota counts beyond the life of the process. */
export type QuotaStore = {
  /** @returns the units used of each account. */
  readonly read: (accounts: readonly Account[]) => Promise<readonly number[]>;
  /** Adds all changes or none. @returns the units used of each account afterwards, by other processes too. */
  readonly add: (changes: readonly (Account & { readonly units: number })[]) => Promise<readonly number[]>;
};

/** An account in memory. */
export type Entry = Account & {
  /** Units used, as last read from the store. */
  stored: number;
  /** Units that are not in the store yet; negative after a refund. */
  pending: number;
  readonly endsAt: Instant;
};

/** The accounts in memory. */
export type Accounts = {
  readonly find: (clientId: string, quota: Quota, now: Instant) => Entry | undefined;
  readonly add: (account: Pick<Entry, "clientId" | "stored">, quota: Quota, now: Instant) => void;
  /** Removes accounts that have nothing pending: those whose period has ended, then the oldest beyond `maxIdle`. */
  readonly forget: (now: Instant, maxIdle: number) => void;
  /** How many units are pending, taken or refunded. */
  readonly pendingUnits: () => number;
};

type Entries = Map<string, Entry>;

export function createAccounts(): Accounts {
  /** By quota and span, then by client. */
  const bySpan = new Map<string, Entries>();
  const entriesOf = createEntriesCache(bySpan);
  return {
    find: (clientId, quota, now) => entriesOf(quota, now).get(clientId),
    add: ({ clientId, stored }, quota, now) => {
      const { name: span, endsAt } = spanOf(quota.period, now);
      entriesOf(quota, now).set(clientId, { clientId, quota: quota.name, span, stored, pending: 0, endsAt });
    },
    forget: (now, maxIdle) => forget(bySpan, now, maxIdle),
    pendingUnits: () => {
      let units = 0;
      for (const entries of bySpan.values()) {
        for (const { pending } of entries.values()) units += Math.abs(pending);
      }
      return units;
    },
  };
}

/** Remembers the latest span of each quota, because every request of a client looks it up. */
function createEntriesCache(bySpan: Map<string, Entries>) {
  const latest = new WeakMap<Quota, { readonly span: Span; readonly entries: Entries }>();
  return (quota: Quota, now: Instant): Entries => {
    const span = spanOf(quota.period, now);
    const known = latest.get(quota);
    // An empty map may have been removed from `bySpan`.
    if (known?.span === span && known.entries.size > 0) return known.entries;
    const name = `${quota.name}\n${span.name}`;
    const entries = bySpan.get(name) ?? new Map<string, Entry>();
    bySpan.set(name, entries);
    latest.set(quota, { span, entries });
    return entries;
  };
}

function forget(bySpan: Map<string, Entries>, now: Instant, maxIdle: number) {
  let size = [...bySpan.values()].reduce((sum, entries) => sum + entries.size, 0);
  for (const [name, entries] of bySpan) {
    for (const [clientId, { pending, endsAt }] of entries) {
      if (pending !== 0 || (endsAt > now && size <= maxIdle)) continue;
      entries.delete(clientId);
      size--;
    }
    if (entries.size === 0) bySpan.delete(name);
  }
}
