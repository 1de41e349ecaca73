import type { Dimensions } from "./event.ts";
import type { GrowingHistogram, Histogram } from "./histogram.ts";

export type RequestTotal = Pick<Dimensions, "operation" | "statusClass" | "code"> & { readonly requests: number };

export type LatencyTotal = { readonly operation: string; readonly histogram: Histogram; readonly sumMs: number };

/**
 * Totals since the process started, for metrics. Their number is limited by the contract: operations, statuses, codes.
 */
export type Totals = {
  /** The total to add to. */
  readonly totalOf: (dimensions: Dimensions) => { requests: number };
  /** The latency to add to. */
  readonly latencyOf: (operation: string) => { readonly histogram: GrowingHistogram; sumMs: number };
  readonly totals: () => Iterable<RequestTotal>;
  readonly latencies: () => Iterable<LatencyTotal>;
};

export function createTotals(): Totals {
  const totals = new Map<string, RequestTotal & { requests: number }>();
  const latencies = new Map<string, LatencyTotal & { readonly histogram: GrowingHistogram; sumMs: number }>();
  return {
    totalOf: ({ operation, statusClass, code }) => {
      const name = `${operation} ${statusClass} ${code}`;
      const total = totals.get(name) ?? { operation, statusClass, code, requests: 0 };
      totals.set(name, total);
      return total;
    },
    latencyOf: (operation) => {
      const found = latencies.get(operation) ?? { operation, histogram: {}, sumMs: 0 };
      // Requests that match no operation have no latency of interest.
      if (operation !== "") latencies.set(operation, found);
      return found;
    },
    totals: () => totals.values(),
    latencies: () => latencies.values(),
  };
}
