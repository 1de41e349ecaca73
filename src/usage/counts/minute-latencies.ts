import type { Instant } from "../../lib/time/clock.ts";
import type { MinuteLatency } from "../batch.ts";
import { addToHistogram, type GrowingHistogram } from "../histogram.ts";

/** The latency histograms since the last `take`, one per minute and operation. */
export type MinuteLatencies = {
  /** The histogram to add to; one that is never taken if all room is taken. */
  readonly histogramOf: (operation: string, minute: Instant) => GrowingHistogram;
  readonly add: (latency: MinuteLatency) => void;
  readonly take: () => readonly MinuteLatency[];
  /** Takes what is counted and keeps the histograms, with nothing in them. */
  readonly drain: () => readonly MinuteLatency[];
};

export function createMinuteLatencies(maxRows: number): MinuteLatencies {
  /** By operation, then by minute: to compose a name would take longer than everything else here. */
  let latencies = new Map<string, Map<Instant, GrowingHistogram>>();
  let size = 0;

  const histogramOf = (operation: string, minute: Instant) => {
    const ofOperation = latencies.get(operation) ?? new Map<Instant, GrowingHistogram>();
    const found = ofOperation.get(minute);
    if (found !== undefined) return found;
    const histogram: GrowingHistogram = {};
    if (size >= maxRows) return histogram;
    size++;
    latencies.set(operation, ofOperation.set(minute, histogram));
    return histogram;
  };

  const all = () =>
    [...latencies].flatMap(([operation, ofOperation]) =>
      [...ofOperation].map(([minute, histogram]) => ({ minute, operation, histogram })),
    );

  return {
    histogramOf,
    add: ({ minute, operation, histogram }) => {
      const sum = histogramOf(operation, minute);
      for (const [bucket, count] of Object.entries(histogram)) addToHistogram(sum, Number(bucket), count);
    },
    take: () => {
      const taken = all();
      latencies = new Map();
      size = 0;
      return taken;
    },
    drain: () => all().flatMap((latency) => drained(latency)),
  };
}

/** A copy of a histogram, which is empty from now on. */
function drained({ minute, operation, histogram }: MinuteLatency & { readonly histogram: GrowingHistogram }) {
  const copy = { ...histogram };
  const buckets = Object.keys(histogram);
  for (const bucket of buckets) delete histogram[Number(bucket)];
  return buckets.length === 0 ? [] : [{ minute, operation, histogram: copy }];
}
