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

/** Splits a batch by key, or by client where there is no key: all counts of a key are in the same of the `shards`. */
export function shardBatch({ rows, keyUses, latencies }: Batch, shards: number): readonly Batch[] {
  const parts = Array.from({ length: shards }, () => ({ rows: [] as UsageRow[], keyUses: [] as KeyUse[] }));
  for (const row of rows) parts[shardOf(row.keyId || row.clientId, shards)]?.rows.push(row);
  for (const use of keyUses) parts[shardOf(use.keyId, shards)]?.keyUses.push(use);
  return parts.map((part, index) => ({ ...part, latencies: index === 0 ? latencies : [] }));
}

/** FNV-1a: ids that differ in one character only are spread, too. */
function shardOf(id: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index++) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) % shards;
}
