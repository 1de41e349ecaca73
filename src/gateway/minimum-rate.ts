/** The lowest rate at which a client may send a body that is streamed to an upstream. */
export type MinimumRate = {
  readonly bytesPerSecond: number;
  /** How long the client may send nothing at all. The rate is an average over the same time. */
  readonly graceMs: number;
};

/** The same numbers are in docs/gateway.md, and in the catalogue of problems under request-timeout. */
export const MINIMUM_RATE: MinimumRate = { bytesPerSecond: 1_000, graceMs: 10_000 };

/** How much time a sender has left. */
export type TimeBudget = {
  /** For how long the sender may now send nothing. */
  readonly remainingMs: () => number;
  /** Notes that `bytes` arrived after waiting for them for `waitedMs`. */
  readonly received: (bytes: number, waitedMs: number) => void;
};

/** Holds a sender to a minimum rate. Only the time spent waiting for it counts: a slow receiver is not its fault. */
export function createTimeBudget({ bytesPerSecond, graceMs }: MinimumRate): TimeBudget {
  let remainingMs = graceMs;
  return {
    remainingMs: () => remainingMs,
    received: (bytes, waitedMs) => {
      // No more than `graceMs` can be saved up; otherwise a megabyte would pay for a quarter of an hour.
      remainingMs = Math.min(graceMs, Math.max(0, remainingMs - waitedMs) + (bytes / bytesPerSecond) * 1_000);
    },
  };
}
