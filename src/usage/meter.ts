import type { Instant } from "../lib/time/clock.ts";
import type { Batch } from "./batch.ts";
import { type Counters, createCounterCache } from "./counter-cache.ts";
import { type BatchSum, createBatchSum } from "./counts/batch-sum.ts";
import type { UsageEvent } from "./event.ts";
import { addToHistogram, bucketOf } from "./histogram.ts";
import { createTotals, type LatencyTotal, type RequestTotal, type Totals } from "./totals.ts";

export const MINUTE_MS = 60_000;

export type Meter = {
  /** Counts a response. It runs on every request: it takes about a microsecond and never waits. */
  readonly record: (event: UsageEvent) => void;
  /** Takes what was counted; the caller writes it or restores it. */
  readonly take: () => Batch;
  /** Counts a taken batch again, because it could not be written. */
  readonly restore: (batch: Batch) => void;
  /** How many responses were counted and not taken. */
  readonly pending: () => number;
  /** Since the process started. */
  readonly totals: () => Iterable<RequestTotal>;
  /** Since the process started. */
  readonly latencies: () => Iterable<LatencyTotal>;
  /** How many responses are in no batch because there was no room for them. */
  readonly dropped: () => number;
};

/** Rows kept in memory while the store is not available: some tens of megabytes. */
const MAX_ROWS = 100_000;

/** Sets of dimensions that are not looked up again after each `take`: some megabytes. */
const MAX_CACHED = 20_000;

/** Counts responses per minute and set of dimensions. */
export function createMeter(maxRows = MAX_ROWS): Meter {
  const sum = createBatchSum(maxRows);
  const parts = { ...sum, totals: createTotals() };
  const { rows, keyUses, totals } = parts;
  const counters = createCounterCache(Math.min(maxRows, MAX_CACHED), (event, minute, earlier) =>
    findCounters(event, minute, parts, earlier),
  );

  /** The minute of the latest event, and the minute since which counters are kept from one `take` to the next. */
  let [minute, keptSince] = [0, 0];

  return {
    record: (event) => {
      minute = event.at - (event.at % MINUTE_MS);
      const { row, use, histogram, total, totalLatency } = counters.countersOf(event, minute);
      rows.add(row, 1, event);
      keyUses.add(use, 1, event.at);
      const bucket = bucketOf(event.durationMs);
      addToHistogram(histogram, bucket, 1);
      addToHistogram(totalLatency.histogram, bucket, 1);
      totalLatency.sumMs += event.durationMs;
      total.requests++;
    },
    take: () => {
      const kept = Math.max(rows.size(), keyUses.size());
      const batch = sum.drain();
      // All counters are made again once a minute, and when few of them are in use or little room is left.
      if (minute !== keptSince || batch.rows.length < kept / 2 || kept > maxRows / 2) {
        counters.clear();
        sum.take();
        keptSince = minute;
      }
      return batch;
    },
    restore: sum.add,
    pending: rows.pending,
    totals: totals.totals,
    latencies: totals.latencies,
    dropped: rows.dropped,
  };
}

type Parts = Pick<BatchSum, "rows" | "keyUses" | "latencies"> & { readonly totals: Totals };

/** Totals are never taken, so they are those of the `earlier` counters. */
function findCounters(event: UsageEvent, minute: Instant, parts: Parts, earlier: Counters | undefined): Counters {
  const { rows, keyUses, latencies, totals } = parts;
  const { keyId, operation } = event;
  return {
    row: rows.rowOf(event, minute),
    // Refused requests too: they show that the key is in use.
    use: keyId === "" ? undefined : keyUses.useOf(event),
    histogram: operation === "" ? {} : latencies.histogramOf(operation, minute),
    total: earlier?.total ?? totals.totalOf(event),
    totalLatency: earlier?.totalLatency ?? totals.latencyOf(operation),
  };
}
