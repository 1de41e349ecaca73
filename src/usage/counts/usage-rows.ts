import type { Instant } from "../../lib/time/clock.ts";
import { requestsOf, type UsageRow } from "../batch.ts";
import type { Counts, Dimensions } from "../event.ts";
import { type Collection, createCollection } from "./collection.ts";

type RowDimensions = Dimensions & Pick<UsageRow, "minute">;

/** The rows that have not been taken yet, by minute and set of dimensions. */
export type UsageRows = Pick<Collection<RowDimensions, UsageRow>, "take" | "size"> & {
  /** The row to add to; undefined if all room is taken. */
  readonly rowOf: (dimensions: Dimensions, minute: Instant) => UsageRow | undefined;
  /** Adds to `row`; without a row the requests count as dropped. */
  readonly add: (row: UsageRow | undefined, requests: number, counts: Omit<Counts, "requests">) => void;
  /** Takes what is counted and keeps the rows, with nothing in them: most are soon added to again. */
  readonly drain: () => readonly UsageRow[];
  /** How many requests are in rows that have not been taken. */
  readonly pending: () => number;
  /** How many requests were dropped because there was no room. */
  readonly dropped: () => number;
};

export function createUsageRows(maxRows: number): UsageRows {
  const { entryOf, entries, ...rows } = createCollection<RowDimensions, UsageRow>({
    maxEntries: maxRows,
    ownerOf: ({ keyId, clientId }) => keyId || clientId,
    isLike: (one, other) =>
      one.minute === other.minute &&
      one.operation === other.operation &&
      one.statusClass === other.statusClass &&
      one.code === other.code,
    nameOf: ({ minute, operation, statusClass, code }) => `${minute} ${operation} ${statusClass} ${code}`,
    create: createRow,
  });
  let dropped = 0;
  return {
    ...rows,
    rowOf: ({ clientId, keyId, environment, operation, statusClass, code }, minute) =>
      entryOf({ minute, clientId, keyId, environment, operation, statusClass, code }),
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
    drain: () => {
      const drained: UsageRow[] = [];
      for (const row of entries()) {
        if (row.requests === 0) continue;
        drained.push({ ...row });
        row.requests = row.cost = row.bytesIn = row.bytesOut = 0;
      }
      return drained;
    },
    pending: () => requestsOf(entries()),
    dropped: () => dropped,
  };
}

function createRow({ minute, clientId, keyId, environment, operation, statusClass, code }: RowDimensions): UsageRow {
  const none = { requests: 0, cost: 0, bytesIn: 0, bytesOut: 0 };
  return { minute, clientId, keyId, environment, operation, statusClass, code, ...none };
}
