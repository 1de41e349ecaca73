import type { Instant } from "../lib/time/clock.ts";
import { requestsOf, type UsageRow } from "./batch.ts";
import type { Counts, Dimensions } from "./event.ts";

/** The rows that have not been taken yet, one per minute and set of dimensions. */
export type UsageRows = {
  /** The row to add to; undefined if all room is taken. */
  readonly rowOf: (dimensions: Dimensions, minute: Instant) => UsageRow | undefined;
  /** Adds to `row`; without a row the requests count as dropped. */
  readonly add: (row: UsageRow | undefined, requests: number, counts: Omit<Counts, "requests">) => void;
  readonly take: () => readonly UsageRow[];
  /** How many requests are in rows that have not been taken. */
  readonly pending: () => number;
  /** How many requests were dropped because there was no room. */
  readonly dropped: () => number;
};

export function createUsageRows(maxRows: number): UsageRows {
  let rows = new Map<string, UsageRow>();
  let dropped = 0;
  return {
    rowOf: (dimensions, minute) => {
      const { keyId, clientId, environment, operation, statusClass, code } = dimensions;
      const name = `${minute} ${keyId || clientId} ${operation} ${statusClass} ${code}`;
      const found = rows.get(name);
      if (found !== undefined || rows.size >= maxRows) return found;
      const none = { requests: 0, cost: 0, bytesIn: 0, bytesOut: 0 };
      const row = { minute, clientId, keyId, environment, operation, statusClass, code, ...none };
      rows.set(name, row);
      return row;
    },
    add: (row, requests, { cost, bytesIn, bytesOut }) => {
      if (row === undefined) {
        dropped += requests;
        return;
      }
      row.requests += requests;
      row.cost += cost;
      row.bytesIn += bytesIn;
      row.bytesOut += bytesOut;
    },
    take: () => {
      const taken = [...rows.values()];
      rows = new Map();
      return taken;
    },
    pending: () => requestsOf(rows.values()),
    dropped: () => dropped,
  };
}
