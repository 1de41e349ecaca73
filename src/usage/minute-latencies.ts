import type { Instant } from "../lib/time/clock.ts";
import type { MinuteLatency } from "./batch.ts";
import type { GrowingHistogram } from "./histogram.ts";

/** The latency histograms since the last `take`, one per minute and operation. */
export type MinuteLatencies = {
  /** The histogram to add to; one that is never taken when there is no room for another one. */
  readonly histogramOf: (operation: string, minute: Instant) => GrowingHistogram;
  readonly take: () => readonly MinuteLatency[];
};

export function createMinuteLatencies(maxRows: number): MinuteLatencies {
  let latencies = new Map<string, MinuteLatency & { readonly histogram: GrowingHistogram }>();
  return {
    histogramOf: (operation, minute) => {
      const name = `${minute} ${operation}`;
      const found = latencies.get(name);
      if (found !== undefined) return found.histogram;
      const histogram: GrowingHistogram = {};
      if (latencies.size < maxRows) latencies.set(name, { minute, operation, histogram });
      return histogram;
    },
    take: () => {
      const taken = [...latencies.values()];
      latencies = new Map();
      return taken;
    },
  };
}
