import type { Instant } from "../lib/time/clock.ts";
import type { Batch } from "./batch.ts";
import { type Counters, createCounterCache } from "./counter-cache.ts";
import type { UsageEvent } from "./event.ts";
import { addToHistogram, bucketOf } from "./histogram.ts";
import { createKeyUses, type KeyUses } from "./key-uses.ts";
import { createMinuteLatencies, type MinuteLatencies } from "./minute-latencies.ts";
import { createTotals, type LatencyTotal, type RequestTotal, type Totals } from "./totals.ts";
import { createUsageRows, type UsageRows } from "./usage-rows.ts";

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

/** Counts responses per minute and set of dimensions. */
export function createMeter(maxRows = MAX_ROWS): Meter {
  const parts = {
    rows: createUsageRows(maxRows),
    keyUses: createKeyUses(maxRows),
    latencies: createMinuteLatencies(maxRows),
    totals: createTotals(),
  };
  const { rows, keyUses, latencies, totals } = parts;
  const counters = createCounterCache(maxRows, (event, minute) => findCounters(event, minute, parts));

  return {
    record: (event) => {
      const { row, use, histogram, total, totalLatency } = counters.countersOf(
        event,
        event.at - (event.at % MINUTE_MS),
      );
      rows.add(row, 1, event);
      keyUses.add(use, 1, event.at);
      const bucket = bucketOf(event.durationMs);
      addToHistogram(histogram, bucket, 1);
      addToHistogram(totalLatency.histogram, bucket, 1);
      totalLatency.sumMs += event.durationMs;
      total.requests++;
    },
    take: () => {
      counters.clear();
      return { rows: rows.take(), keyUses: keyUses.take(), latencies: latencies.take() };
    },
    restore: (batch) => {
      for (const row of batch.rows) rows.add(rows.rowOf(row, row.minute), row.requests, row);
      for (const use of batch.keyUses) keyUses.add(keyUses.useOf(use), use.requests, use.at);
      for (const latency of batch.latencies) latencies.add(latency);
    },
    pending: rows.pending,
    totals: totals.totals,
    latencies: totals.latencies,
    dropped: rows.dropped,
  };
}

type Parts = {
  readonly rows: UsageRows;
  readonly keyUses: KeyUses;
  readonly latencies: MinuteLatencies;
  readonly totals: Totals;
};

function findCounters(event: UsageEvent, minute: Instant, { rows, keyUses, latencies, totals }: Parts): Counters {
  const { keyId, operation } = event;
  return {
    row: rows.rowOf(event, minute),
    // Refused requests too: they show that the key is in use.
    use: keyId === "" ? undefined : keyUses.useOf(event),
    histogram: operation === "" ? {} : latencies.histogramOf(operation, minute),
    total: totals.totalOf(event),
    totalLatency: totals.latencyOf(operation),
  };
}
