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

/** Caches the counters of events with the same dimensions, so that a request needs one look-up at most. */
export type CounterCache = {
  readonly countersOf: (event: UsageEvent, minute: Instant) => Counters;
  readonly clear: () => void;
};

type Entry = { readonly event: UsageEvent; readonly minute: Instant; readonly counters: Counters };

/** @param find called for the first event of a minute with its dimensions. */
export function createCounterCache(
  maxEntries: number,
  find: (event: UsageEvent, minute: Instant) => Counters,
): CounterCache {
  const entries = new Map<string, Entry>();
  let latest: Entry | undefined;

  return {
    countersOf: (event, minute) => {
      // Most events resemble the one before, and composing a name takes longer than everything else here.
      if (latest?.minute === minute && hasSameDimensions(latest.event, event)) return latest.counters;
      const name = nameOf(event);
      const known = entries.get(name);
      latest = known?.minute === minute ? known : { event, minute, counters: find(event, minute) };
      if (latest !== known && entries.size < maxEntries) entries.set(name, latest);
      return latest.counters;
    },
    clear: () => {
      entries.clear();
      latest = undefined;
    },
  };
}

function nameOf({ keyId, clientId, operation, statusClass, code, network }: UsageEvent): string {
  return `${keyId || clientId} ${operation} ${statusClass} ${code} ${network}`;
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
