import type { Instant } from "../lib/time/clock.ts";
import { createAccountWriter } from "./account-writer.ts";
import { type Accounts, createAccounts, type QuotaStore } from "./accounts.ts";
import type { Quota } from "./limit.ts";
import { spanOf } from "./period.ts";

/** Counts the units that clients use of their quotas. */
export type Ledger = {
  /** Undefined if the account must be loaded first. */
  readonly usedOf: (clientId: string, quota: Quota, now: Instant) => number | undefined;
  /** Loads the accounts that are not in memory. */
  readonly load: (clientId: string, quotas: readonly Quota[], now: Instant) => Promise<void>;
  /** Adds units to a loaded account; negative ones are returned. Accounts that are not loaded are ignored. */
  readonly change: (clientId: string, quota: Quota, units: number, now: Instant) => void;
  /** Writes pending units to the store. Those that cannot be written stay pending. */
  readonly flush: (now: Instant) => Promise<void>;
  /** How many units are not in the store yet, taken or returned. */
  readonly unwritten: () => number;
};

/** Accounts with nothing pending that are kept in memory in case they are used again. */
const MAX_IDLE = 100_000;

/**
 * Counts in memory and writes the counts to the store from time to time. Only the first request of a client in a period
 * waits for the store.
 */
export function createLedger(store: QuotaStore, maxIdle = MAX_IDLE): Ledger {
  const accounts = createAccounts();
  const writer = createAccountWriter(store);
  const load = createLoader(store, accounts);
  let flushing = Promise.resolve();

  return {
    usedOf: (clientId, quota, now) => {
      const entry = accounts.find(clientId, quota, now);
      return entry && entry.stored + entry.pending;
    },
    load: async (clientId, quotas, now) => {
      const missing = quotas.filter((quota) => accounts.find(clientId, quota, now) === undefined);
      await Promise.all(missing.map((quota) => load(clientId, quota, now)));
    },
    change: (clientId, quota, units, now) => {
      const entry = accounts.find(clientId, quota, now);
      if (entry === undefined) return;
      entry.pending += units;
      writer.mark(entry);
    },
    flush: (now) => {
      // One at a time: units that are being written must not be written twice.
      flushing = flushing
        .catch(() => {})
        .then(async () => {
          if (await writer.write()) accounts.forget(now, maxIdle);
        });
      return flushing;
    },
    unwritten: accounts.pendingUnits,
  };
}

/** Loads one account; requests that need the same account at the same time share one read. */
function createLoader(store: QuotaStore, accounts: Accounts) {
  const loads = new Map<string, Promise<void>>();

  const read = async (clientId: string, quota: Quota, now: Instant) => {
    const { name: span } = spanOf(quota.period, now);
    const [stored = 0] = await store.read([{ clientId, quota: quota.name, span }]);
    accounts.add({ clientId, stored }, quota, now);
  };

  return (clientId: string, quota: Quota, now: Instant): Promise<void> => {
    const name = `${clientId}\n${quota.name}\n${spanOf(quota.period, now).name}`;
    const current = loads.get(name) ?? read(clientId, quota, now).finally(() => loads.delete(name));
    loads.set(name, current);
    return current;
  };
}
