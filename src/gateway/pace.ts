export type Pace = {
  /** For how long the sender may still keep silent. */
  readonly leftMs: () => number;
  /** So many bytes came, after it was waited for them that long. */
  readonly received: (bytes: number, waitedMs: number) => void;
};

export type LeastPace = {
  /** In bytes per second. */
  readonly rate: number;
  /** How long nothing at all may come; and over that long the rate is an average. */
  readonly graceMs: number;
};

/** The same figures stand in docs/gateway.md, and in the catalogue under request-timeout. */
export const LEAST_PACE: LeastPace = { rate: 1_000, graceMs: 10_000 };

/** Holds a sender to a least rate. Only the time counts in which it was waited for: a slow receiver is not its fault. */
export function createPace({ rate, graceMs }: LeastPace): Pace {
  let leftMs = graceMs;
  return {
    leftMs: () => leftMs,
    received: (bytes, waitedMs) => {
      // What came quickly does not count for later: otherwise a megabyte would buy a quarter of an hour.
      leftMs = Math.min(graceMs, Math.max(0, leftMs - waitedMs) + (bytes / rate) * 1_000);
    },
  };
}
