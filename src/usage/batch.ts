import type { Instant } from "../lib/time/clock.ts";
import type { Counts, Dimensions } from "./event.ts";
import type { Histogram } from "./histogram.ts";

/** What was counted in one minute for one set of dimensions. */
export type UsageRow = Dimensions & Counts & { readonly minute: Instant };

/** What a key was used for, from one network. */
export type KeyUse = {
  readonly keyId: string;
  readonly operation: string;
  readonly network: string;
  /** The latest use. */
  at: Instant;
  requests: number;
};

/** How long the responses of one operation took in one minute. */
export type MinuteLatency = {
  readonly minute: Instant;
  readonly operation: string;
  readonly histogram: Histogram;
};

/** Counts on their way from the meter to the store. */
export type Batch = {
  readonly rows: readonly UsageRow[];
  readonly keyUses: readonly KeyUse[];
  readonly latencies: readonly MinuteLatency[];
};

/** The total number of requests in `rows`. */
export function requestsOf(rows: Iterable<Pick<UsageRow, "requests">>): number {
  let sum = 0;
  for (const { requests } of rows) sum += requests;
  return sum;
}

/** Splits a batch into chunks that can be written one by one, so that none blocks the store for long. */
export function splitBatch({ rows, keyUses, latencies }: Batch, chunkRows: number): readonly Batch[] {
  const count = Math.ceil(Math.max(rows.length, keyUses.length, latencies.length) / chunkRows);
  return Array.from({ length: count }, (_, index) => {
    const [start, end] = [index * chunkRows, (index + 1) * chunkRows];
    return {
      rows: rows.slice(start, end),
      keyUses: keyUses.slice(start, end),
      latencies: latencies.slice(start, end),
    };
  });
}

/** The same rows and uses in the order of their keys, as they are stored. */
export function sortBatch({ rows, keyUses, latencies }: Batch): Batch {
  const byKey = (one: { readonly keyId: string }, other: { readonly keyId: string }) =>
    one.keyId < other.keyId ? -1 : Number(one.keyId > other.keyId);
  return { rows: rows.toSorted(byKey), keyUses: keyUses.toSorted(byKey), latencies };
}
