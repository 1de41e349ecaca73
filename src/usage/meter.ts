import type { Batch } from "./batch.ts";
import { createCounterCache } from "./counter-cache.ts";
import type { UsageEvent } from "./event.ts";
import { addToHistogram, bucketOf } from "./histogram.ts";
import { createKeyUses } from "./key-uses.ts";
import { createMinuteLatencies } from "./minute-latencies.ts";
import { createTotals, type LatencyTotal, type RequestTotal } from "./totals.ts";
import { createUsageRows } from "./usage-rows.ts";

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
  const rows = createUsageRows(maxRows);
  const keyUses = createKeyUses(maxRows);
  const latencies = createMinuteLatencies(maxRows);
  const { totalOf, latencyOf, ...totals } = createTotals();

  const counters = createCounterCache(maxRows, (event, minute) => ({
    event,
    minute,
    row: rows.rowOf(event, minute),
    // Refused requests too: they show that the key is in use.
    use: event.keyId === "" ? undefined : keyUses.useOf(event),
    histogram: event.operation === "" ? {} : latencies.histogramOf(event.operation, minute),
    total: totalOf(event),
    totalLatency: latencyOf(event.operation),
  }));

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
      for (const { minute, operation, histogram } of batch.latencies) {
        const sum = latencies.histogramOf(operation, minute);
        for (const [bucket, count] of Object.entries(histogram)) addToHistogram(sum, Number(bucket), count);
      }
    },
    pending: rows.pending,
    ...totals,
    dropped: rows.dropped,
  };
}
