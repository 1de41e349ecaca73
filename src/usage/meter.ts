import type { Instant } from "../lib/clock.ts";
import type { Counts, Dimensions, UsageEvent } from "./event.ts";
import { bucketOf, type Histogram } from "./histogram.ts";

export const MINUTE_MS = 60_000;

export type UsageRow = Dimensions & Counts & { readonly minute: Instant };

/** What a key was used for, from one network. */
export type KeyUse = {
  readonly keyId: string;
  readonly operation: string;
  readonly network: string;
  /** The last time. */
  at: Instant;
  requests: number;
};

/** What was counted since the last time, to be written in one go. */
export type Batch = {
  readonly rows: readonly UsageRow[];
  readonly keyUses: readonly KeyUse[];
  readonly latencies: readonly {
    readonly minute: Instant;
    readonly operation: string;
    readonly histogram: Histogram;
  }[];
};

export type Meter = {
  /** On the way of every request: a microsecond, and nothing that waits. */
  readonly record: (event: UsageEvent) => void;
  /** Takes what was counted; whoever takes it writes it, or gives it back. */
  readonly take: () => Batch;
  readonly giveBack: (batch: Batch) => void;
  /** Since the process began. */
  readonly totals: () => Iterable<
    Pick<Dimensions, "operation" | "statusClass" | "code"> & { readonly requests: number }
  >;
  readonly latencies: () => Iterable<{
    readonly operation: string;
    readonly histogram: Histogram;
    readonly sumMs: number;
  }>;
  /** How many answers are in no batch, for there was no room to keep them. */
  readonly dropped: () => number;
};

/** So many rows are kept while the store is away: some tens of megabytes. */
const MOST_ROWS = 100_000;

/** Counts answers by minute and by everything that tells them apart. */
export function createMeter(mostRows = MOST_ROWS): Meter {
  let rows = new Map<string, UsageRow>();
  let keyUses = new Map<string, KeyUse>();
  let latencies = new Map<string, { minute: Instant; operation: string; histogram: Record<number, number> }>();
  let dropped = 0;
  const totals = new Map<string, Pick<Dimensions, "operation" | "statusClass" | "code"> & { requests: number }>();
  const allLatencies = new Map<string, { operation: string; histogram: Record<number, number>; sumMs: number }>();

  /** As many as there are operations, statuses and codes: a contract's number. */
  const addToTotals = ({ operation, statusClass, code, durationMs }: UsageEvent) => {
    const name = `${operation} ${statusClass} ${code}`;
    const total = totals.get(name);
    if (total !== undefined) total.requests++;
    else totals.set(name, { operation, statusClass, code, requests: 1 });
    if (operation === "") return;
    const found = allLatencies.get(operation) ?? { operation, histogram: {}, sumMs: 0 };
    const bucket = bucketOf(durationMs);
    found.histogram[bucket] = (found.histogram[bucket] ?? 0) + 1;
    found.sumMs += durationMs;
    allLatencies.set(operation, found);
  };

  const addRow = (dimensions: Dimensions, minute: Instant, counts: Counts) => {
    const { keyId, clientId, environment, operation, statusClass, code } = dimensions;
    const name = `${minute} ${keyId || clientId} ${operation} ${statusClass} ${code}`;
    const row = rows.get(name);
    if (row !== undefined) {
      row.requests += counts.requests;
      row.cost += counts.cost;
      row.bytesIn += counts.bytesIn;
      row.bytesOut += counts.bytesOut;
    } else if (rows.size < mostRows) {
      const { requests, cost, bytesIn, bytesOut } = counts;
      rows.set(name, {
        minute,
        clientId,
        keyId,
        environment,
        operation,
        statusClass,
        code,
        requests,
        cost,
        bytesIn,
        bytesOut,
      });
    } else dropped += counts.requests;
  };

  const addUse = ({ keyId, operation, network, at, requests }: KeyUse) => {
    const name = `${keyId} ${operation} ${network}`;
    const found = keyUses.get(name);
    if (found !== undefined) {
      found.requests += requests;
      found.at = Math.max(found.at, at);
    } else if (keyUses.size < mostRows) keyUses.set(name, { keyId, operation, network, at, requests });
  };

  const latencyOf = (operation: string, minute: Instant) => {
    const name = `${minute} ${operation}`;
    const found = latencies.get(name);
    if (found !== undefined) return found.histogram;
    const histogram: Record<number, number> = {};
    if (latencies.size < mostRows) latencies.set(name, { minute, operation, histogram });
    return histogram;
  };

  return {
    record: (event) => {
      const minute = event.at - (event.at % MINUTE_MS);
      addRow(event, minute, { requests: 1, cost: event.cost, bytesIn: event.bytesIn, bytesOut: event.bytesOut });
      addToTotals(event);
      const { keyId, at, operation, network } = event;
      if (operation !== "") {
        const histogram = latencyOf(operation, minute);
        const bucket = bucketOf(event.durationMs);
        histogram[bucket] = (histogram[bucket] ?? 0) + 1;
      }
      // Whether it was let in or not: somebody has this key.
      if (keyId !== "") addUse({ keyId, operation, network, at, requests: 1 });
    },
    take: () => {
      const batch = {
        rows: [...rows.values()],
        keyUses: [...keyUses.values()],
        latencies: [...latencies.values()],
      };
      [rows, keyUses, latencies] = [new Map(), new Map(), new Map()];
      return batch;
    },
    giveBack: (batch) => {
      for (const row of batch.rows) addRow(row, row.minute, row);
      for (const use of batch.keyUses) addUse(use);
      for (const { minute, operation, histogram } of batch.latencies) {
        const sum = latencyOf(operation, minute);
        for (const [bucket, count] of Object.entries(histogram))
          sum[Number(bucket)] = (sum[Number(bucket)] ?? 0) + count;
      }
    },
    totals: () => totals.values(),
    latencies: () => allLatencies.values(),
    dropped: () => dropped,
  };
}

/** So many rows of each kind are written at a time: some milliseconds. */
const ROWS_AT_A_TIME = 250;

/** A batch in parts, none of which holds up the store for long. */
export function piecesOf({ rows, keyUses, latencies }: Batch, size = ROWS_AT_A_TIME): readonly Batch[] {
  const count = Math.ceil(Math.max(rows.length, keyUses.length, latencies.length) / size);
  return Array.from({ length: count }, (_, index) => {
    const [first, end] = [index * size, (index + 1) * size];
    return {
      rows: rows.slice(first, end),
      keyUses: keyUses.slice(first, end),
      latencies: latencies.slice(first, end),
    };
  });
}
