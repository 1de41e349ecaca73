import type { Batch } from "../batch.ts";
import { createKeyUses, type KeyUses } from "./key-uses.ts";
import { createMinuteLatencies, type MinuteLatencies } from "./minute-latencies.ts";
import { createUsageRows, type UsageRows } from "./usage-rows.ts";

/** Adds up batches: counts with the same minute and dimensions become one. */
export type BatchSum = {
  readonly rows: UsageRows;
  readonly keyUses: KeyUses;
  readonly latencies: MinuteLatencies;
  readonly add: (batch: Batch) => void;
  /** Takes the sum, and begins again with nothing. */
  readonly take: () => Batch;
  /** Takes the sum and keeps what it is counted in, empty: to make that again costs more than to count. */
  readonly drain: () => Batch;
};

/** @param maxRows of each kind; what has no room counts as dropped. */
export function createBatchSum(maxRows: number): BatchSum {
  const [rows, keyUses, latencies] = [createUsageRows(maxRows), createKeyUses(maxRows), createMinuteLatencies(maxRows)];
  return {
    rows,
    keyUses,
    latencies,
    add: (batch) => {
      for (const row of batch.rows) rows.add(rows.rowOf(row, row.minute), row.requests, row);
      for (const use of batch.keyUses) keyUses.add(keyUses.useOf(use), use.requests, use.at);
      for (const latency of batch.latencies) latencies.add(latency);
    },
    take: () => ({ rows: rows.take(), keyUses: keyUses.take(), latencies: latencies.take() }),
    drain: () => ({ rows: rows.drain(), keyUses: keyUses.drain(), latencies: latencies.drain() }),
  };
}
