import type { Clock, Instant, TickSource, Ticks } from "./clock.ts";
import { firstOffset, isAgreed, observe, TOLERANCE_MS } from "./clock-offset.ts";

/** A wall clock that is checked against the monotonic clock, and against what was seen before the process started. */
export type GuardedClock = Clock & {
  /**
   * Is the time certain enough to delete old data for good? Not while the wall clock disagrees, nor for an hour after a
   * time was accepted that the past of this process or of the store does not confirm.
   */
  readonly isSettled: () => boolean;
};

/** The wall clock and the believed time, reported once when they begin to differ. */
export type Disagreement = {
  /** Negative if the wall clock is behind. */
  readonly aheadMs: number;
  readonly wall: Instant;
  readonly believed: Instant;
};

export type GuardedClockDeps = {
  readonly wall: Clock;
  readonly ticks: TickSource;
  /** The latest instant that is known to have passed; 0 if unknown. */
  readonly seenAt: Instant;
  readonly onDisagreement: (disagreement: Disagreement) => void;
};

/**
 * A wrong wall clock does limited harm:
 *
 * - Time never falls behind what is proven: setting the clock back makes nothing valid again.
 * - A jump forward is followed once it has lasted, and undone when the clock is corrected. So a wrong clock has an
 * effect   for as long as it is wrong, plus a minute.
 * - At the start the wall clock is believed, unless it is behind `seenAt`.
 */
export function createGuardedClock({ wall, ticks, seenAt, onDisagreement }: GuardedClockDeps): GuardedClock {
  const report = (observed: number, believed: number, at: Ticks) =>
    onDisagreement({ aheadMs: observed - believed, wall: at + observed, believed: at + believed });

  const begin = () => {
    const now = ticks.now();
    const observed = wall.now() - now;
    const floor = seenAt === 0 ? observed : seenAt - now;
    const first = firstOffset(observed, floor, now);
    if (!first.isProven || first.isDisputed) report(observed, floor, now);
    return first;
  };

  const belief = begin();
  let latest = Number.NEGATIVE_INFINITY;

  /** Compares both clocks. @returns the time of the monotonic one. */
  const look = (): Ticks => {
    const now = ticks.now();
    const observed = wall.now() - now;
    if (!belief.isDisputed && !isAgreed(belief, observed)) report(observed, belief.offset, now);
    observe(belief, observed, now);
    return now;
  };

  return {
    now: () => {
      const now = look() + belief.offset;
      // Within the tolerance time stands still rather than run backwards.
      if (now < latest && latest - now <= TOLERANCE_MS) return latest;
      latest = now;
      return now;
    },
    isSettled: () => {
      look();
      return belief.isProven && !belief.isDisputed;
    },
  };
}
