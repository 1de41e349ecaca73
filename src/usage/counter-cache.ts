import type { Instant } from "../lib/time/clock.ts";
import type { KeyUse, UsageRow } from "./batch.ts";
import type { UsageEvent } from "./event.ts";
import type { GrowingHistogram } from "./histogram.ts";

/** Everything that an event is added to. */
export type Counters = {
  readonly row: UsageRow | undefined;
  readonly use: KeyUse | undefined;
  readonly histogram: GrowingHistogram;
  readonly total: { requests: number };
  readonly totalLatency: { readonly histogram: GrowingHistogram; sumMs: number };
};

/** Caches the counters of events with the same dimensions. */
export type CounterCache = {
  readonly countersOf: (event: UsageEvent, minute: Instant) => Counters;
  /** Has the counters found again: those in the cache were taken. */
  readonly clear: () => void;
};

type Entry = {
  readonly event: UsageEvent;
  minute: Instant;
  counters: Counters;
  /** How often the cache had been cleared when the counters were found. */
  clears: number;
};

/** @param earlier the counters for the same dimensions before the last `clear`, or in an earlier minute. */
type FindCounters = (event: UsageEvent, minute: Instant, earlier: Counters | undefined) => Counters;

/** Dimensions of one key that are compared one by one; further ones are not cached. */
const MAX_OF_A_KEY = 16;

/**
 * @param maxEntries sets of dimensions that are kept from one `clear` to the next.
 * @param find called for the first event with its dimensions in a minute, and after each `clear`.
 */
export function createCounterCache(maxEntries: number, find: FindCounters): CounterCache {
  /** By key, because its id is at hand. Composing a name of all dimensions would take longer than all counting. */
  const byKey = new Map<string, Entry[]>();
  let [size, clears] = [0, 0];
  let latest: Entry | undefined;

  const add = (event: UsageEvent, minute: Instant): Entry => {
    const entry = { event, minute, counters: find(event, minute, undefined), clears };
    const ofKey = byKey.get(ownerOf(event));
    if (size >= maxEntries || (ofKey !== undefined && ofKey.length >= MAX_OF_A_KEY)) return entry;
    size++;
    if (ofKey === undefined) byKey.set(ownerOf(event), [entry]);
    else ofKey.push(entry);
    return entry;
  };

  const refresh = (entry: Entry, minute: Instant) => {
    entry.counters = find(entry.event, minute, entry.counters);
    entry.minute = minute;
    entry.clears = clears;
  };

  return {
    countersOf: (event, minute) => {
      // Most events resemble the one before.
      if (latest === undefined || !hasSameDimensions(latest.event, event)) {
        latest =
          byKey.get(ownerOf(event))?.find((entry) => hasSameDimensions(entry.event, event)) ?? add(event, minute);
      }
      if (latest.minute !== minute || latest.clears !== clears) refresh(latest, minute);
      return latest.counters;
    },
    clear: () => {
      clears++;
      if (size < maxEntries) return;
      byKey.clear();
      size = 0;
    },
  };
}

function ownerOf({ keyId, clientId }: UsageEvent): string {
  return keyId || clientId;
}

function hasSameDimensions(one: UsageEvent, other: UsageEvent): boolean {
  return (
    one.keyId === other.keyId &&
    one.clientId === other.clientId &&
    one.environment === other.environment &&
    one.operation === other.operation &&
    one.statusClass === other.statusClass &&
    one.code === other.code &&
    one.network === other.network
  );
}
