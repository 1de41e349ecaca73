import type { Instant } from "../lib/time/clock.ts";
import type { MinuteLatency } from "./batch.ts";
import { addToHistogram, type GrowingHistogram } from "./histogram.ts";

/** The latency histograms since the last `take`, one per minute and operation. */
export type MinuteLatencies = {
  /** The histogram to add to; one that is never taken if all room is taken. */
  readonly histogramOf: (operation: string, minute: Instant) => GrowingHistogram;
  readonly add: (latency: MinuteLatency) => void;
  readonly take: () => readonly MinuteLatency[];
};

export function createMinuteLatencies(maxRows: number): MinuteLatencies {
  let latencies = new Map<string, MinuteLatency & { readonly histogram: GrowingHistogram }>();
  const histogramOf = (operation: string, minute: Instant) => {
    const name = `${minute} ${operation}`;
    const found = latencies.get(name);
    if (found !== undefined) return found.histogram;
    const histogram: GrowingHistogram = {};
    if (latencies.size < maxRows) latencies.set(name, { minute, operation, histogram });
    return histogram;
  };

  return {
    histogramOf,
    add: ({ minute, operation, histogram }) => {
      const sum = histogramOf(operation, minute);
      for (const [bucket, count] of Object.entries(histogram)) addToHistogram(sum, Number(bucket), count);
    },
    take: () => {
      const taken = [...latencies.values()];
      latencies = new Map();
      return taken;
    },
  };
}
