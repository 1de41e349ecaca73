import type { Clock, Instant, TickSource, Ticks } from "./clock.ts";

/** A wall clock that is held against the monotonic one, and against what was seen before the process began. */
export type GuardedClock = Clock & {
  /**
   * May what lies far back be removed for good? Not while the wall clock disagrees, nor for an hour after it was believed
   * in something that the past of this process, or of the store, does not confirm.
   */
  readonly isSettled: () => boolean;
};

/** Wall time against what is believed, told once when they begin to differ. */
export type Disagreement = {
  /** Below zero: the wall clock is behind. */
  readonly aheadMs: number;
  readonly wall: Instant;
  readonly believed: Instant;
};

export type GuardedClockDeps = {
  readonly wall: Clock;
  readonly ticks: TickSource;
  /** The latest instant that is known to have been; 0 where none is. */
  readonly seenAt: Instant;
  readonly tell: (disagreement: Disagreement) => void;
};

/** Clocks are corrected by this much all the time, without harm. */
export const TOLERANCE_MS = 2_000;
/** A jump ahead, or back to where the clock was, is believed when it has lasted for so long. */
export const CONFIRM_MS = 60_000;
/** What was believed that nothing confirms is taken for proven when it has lasted for so long. */
export const SETTLE_MS = 3_600_000;
/** A service may have been off for so long without its clock being doubted. */
export const OFF_MS = 86_400_000;

/**
 * A line is a difference between wall clock and monotonic clock: as long as both agree, time runs along it.
 *
 * - Time never falls behind the proven line: a clock that is set back revives nothing.
 * - A jump ahead is followed when it has lasted, and can be taken back as far as the proven line when the clock is put
 *   right. So a wrong clock does harm for as long as it is wrong, and a minute more.
 * - At the start the wall clock is believed, unless it is behind `seenAt`.
 */
export function createGuardedClock({ wall, ticks, seenAt, tell }: GuardedClockDeps): GuardedClock {
  let proven = 0;
  let line = 0;
  let isProven = true;
  /** When the line was taken that is not proven yet. */
  let lineSince: Ticks = 0;
  let pending: { readonly line: number; readonly since: Ticks } | undefined;
  let isTold = false;
  let last = Number.NEGATIVE_INFINITY;

  const tellOnce = (found: number, at: Ticks) => {
    if (!isTold) tell({ aheadMs: found - line, wall: at + found, believed: at + line });
    isTold = true;
  };

  const follow = (found: number, at: Ticks) => {
    line = found;
    isProven ||= found - proven <= TOLERANCE_MS || at - lineSince >= SETTLE_MS;
    if (isProven) proven = line;
    pending = undefined;
    isTold = false;
  };

  const begin = () => {
    const at = ticks.now();
    const found = wall.now() - at;
    const floor = seenAt === 0 ? found : seenAt - at;
    line = Math.max(found, floor);
    lineSince = at;
    isProven = line - floor <= OFF_MS;
    proven = isProven ? line : floor;
    if (!isProven || found < floor - TOLERANCE_MS) {
      tell({ aheadMs: found - floor, wall: at + found, believed: at + floor });
    }
    isTold = found < floor - TOLERANCE_MS;
  };

  /** Looks at both clocks. @returns the time of the monotonic one. */
  const look = (): Ticks => {
    const at = ticks.now();
    const found = wall.now() - at;
    if (Math.abs(found - line) <= TOLERANCE_MS) {
      follow(found, at);
      return at;
    }
    tellOnce(found, at);
    if (found < proven - TOLERANCE_MS) {
      pending = undefined;
    } else if (pending === undefined || Math.abs(found - pending.line) > TOLERANCE_MS) {
      pending = { line: found, since: at };
    } else if (at - pending.since >= CONFIRM_MS) {
      isProven = false;
      lineSince = at;
      follow(found, at);
    }
    return at;
  };

  begin();
  return {
    now: () => {
      const now = look() + line;
      // Within the tolerance it stands still, rather than run backwards.
      if (now < last && last - now <= TOLERANCE_MS) return last;
      last = now;
      return now;
    },
    isSettled: () => {
      look();
      return isProven && !isTold;
    },
  };
}
