import type { Instant } from "../lib/time/clock.ts";
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
  /** How many answers are counted and not taken. */
  readonly pending: () => number;
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

type Slot = {
  /** The first answer that it is for. */
  readonly event: UsageEvent;
  readonly minute: Instant;
  readonly row: UsageRow | undefined;
  readonly use: KeyUse | undefined;
  readonly histogram: Record<number, number>;
  readonly total: { requests: number };
  readonly all: { readonly histogram: Record<number, number>; sumMs: number };
};

/** Counts answers by minute and by everything that tells them apart. */
export function createMeter(mostRows = MOST_ROWS): Meter {
  let rows = new Map<string, UsageRow>();
  let keyUses = new Map<string, KeyUse>();
  let latencies = new Map<string, { minute: Instant; operation: string; histogram: Record<number, number> }>();
  /** Where what cannot be told apart is counted, so that a request looks it up once. */
  const slots = new Map<string, Slot>();
  let latest: Slot | undefined;
  let dropped = 0;
  const totals = new Map<string, Pick<Dimensions, "operation" | "statusClass" | "code"> & { requests: number }>();
  const allLatencies = new Map<string, { operation: string; histogram: Record<number, number>; sumMs: number }>();

  /** As many as there are operations, statuses and codes: a contract's number. */
  const totalOf = ({ operation, statusClass, code }: Dimensions) => {
    const name = `${operation} ${statusClass} ${code}`;
    const total = totals.get(name) ?? { operation, statusClass, code, requests: 0 };
    totals.set(name, total);
    return total;
  };

  const allLatencyOf = (operation: string) => {
    const found = allLatencies.get(operation) ?? { operation, histogram: {}, sumMs: 0 };
    if (operation !== "") allLatencies.set(operation, found);
    return found;
  };

  /** Undefined: there is no room for one more. */
  const rowOf = (dimensions: Dimensions, minute: Instant): UsageRow | undefined => {
    const { keyId, clientId, environment, operation, statusClass, code } = dimensions;
    const name = `${minute} ${keyId || clientId} ${operation} ${statusClass} ${code}`;
    const found = rows.get(name);
    if (found !== undefined || rows.size >= mostRows) return found;
    const none = { requests: 0, cost: 0, bytesIn: 0, bytesOut: 0 };
    const row = { minute, clientId, keyId, environment, operation, statusClass, code, ...none };
    rows.set(name, row);
    return row;
  };

  const addToRow = (row: UsageRow | undefined, counts: Counts) => {
    if (row === undefined) {
      dropped += counts.requests;
      return;
    }
    row.requests += counts.requests;
    row.cost += counts.cost;
    row.bytesIn += counts.bytesIn;
    row.bytesOut += counts.bytesOut;
  };

  const useOf = ({ keyId, operation, network }: Pick<KeyUse, "keyId" | "operation" | "network">) => {
    const name = `${keyId} ${operation} ${network}`;
    const found = keyUses.get(name);
    if (found !== undefined || keyUses.size >= mostRows) return found;
    const use = { keyId, operation, network, at: 0, requests: 0 };
    keyUses.set(name, use);
    return use;
  };

  const addToUse = (use: KeyUse | undefined, at: Instant, requests: number) => {
    if (use === undefined) return;
    use.requests += requests;
    use.at = Math.max(use.at, at);
  };

  const latencyOf = (operation: string, minute: Instant) => {
    const name = `${minute} ${operation}`;
    const found = latencies.get(name);
    if (found !== undefined) return found.histogram;
    const histogram: Record<number, number> = {};
    if (latencies.size < mostRows) latencies.set(name, { minute, operation, histogram });
    return histogram;
  };

  const slotOf = (event: UsageEvent, minute: Instant): Slot => {
    const { keyId, clientId, operation, statusClass, code, network } = event;
    // Most answers are like the one before, and a name takes longer than everything else here.
    if (latest !== undefined && latest.minute === minute && isAlike(latest.event, event)) return latest;
    const name = `${keyId || clientId} ${operation} ${statusClass} ${code} ${network}`;
    const known = slots.get(name);
    if (known?.minute === minute) {
      latest = known;
      return known;
    }
    const slot = {
      event,
      minute,
      row: rowOf(event, minute),
      // Whether it was let in or not: somebody has this key.
      use: keyId === "" ? undefined : useOf(event),
      histogram: operation === "" ? {} : latencyOf(operation, minute),
      total: totalOf(event),
      all: allLatencyOf(operation),
    };
    if (slots.size < mostRows) slots.set(name, slot);
    latest = slot;
    return slot;
  };

  return {
    record: (event) => {
      const { row, use, histogram, total, all } = slotOf(event, event.at - (event.at % MINUTE_MS));
      addToRow(row, { requests: 1, cost: event.cost, bytesIn: event.bytesIn, bytesOut: event.bytesOut });
      addToUse(use, event.at, 1);
      const bucket = bucketOf(event.durationMs);
      histogram[bucket] = (histogram[bucket] ?? 0) + 1;
      all.histogram[bucket] = (all.histogram[bucket] ?? 0) + 1;
      all.sumMs += event.durationMs;
      total.requests++;
    },
    take: () => {
      slots.clear();
      latest = undefined;
      const batch = {
        rows: [...rows.values()],
        keyUses: [...keyUses.values()],
        latencies: [...latencies.values()],
      };
      [rows, keyUses, latencies] = [new Map(), new Map(), new Map()];
      return batch;
    },
    giveBack: (batch) => {
      for (const row of batch.rows) addToRow(rowOf(row, row.minute), row);
      for (const use of batch.keyUses) addToUse(useOf(use), use.at, use.requests);
      for (const { minute, operation, histogram } of batch.latencies) {
        const sum = latencyOf(operation, minute);
        for (const [bucket, count] of Object.entries(histogram))
          sum[Number(bucket)] = (sum[Number(bucket)] ?? 0) + count;
      }
    },
    pending: () => requestsOf(rows.values()),
    totals: () => totals.values(),
    latencies: () => allLatencies.values(),
    dropped: () => dropped,
  };
}

/** How many answers rows stand for. */
export function requestsOf(rows: Iterable<Pick<UsageRow, "requests">>): number {
  let sum = 0;
  for (const { requests } of rows) sum += requests;
  return sum;
}

/** Do they differ in their figures alone? */
function isAlike(one: UsageEvent, other: UsageEvent): boolean {
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
