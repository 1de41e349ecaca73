import type { Ticks } from "./clock.ts";

/**
 * The offset of the wall clock from the monotonic clock that is believed, in milliseconds. While both clocks run
 * evenly, it stays the same; when the wall clock is set, the observed offset jumps.
 */
export type BelievedOffset = {
  offset: number;
  /** An offset that the past of this process or of the store confirms. Time never falls behind it. */
  proven: number;
  isProven: boolean;
  /** When an offset was accepted that is not proven yet. */
  acceptedAt: Ticks;
  /** Another offset that was observed recently; it is accepted once it has lasted long enough. */
  candidate: { readonly offset: number; readonly since: Ticks } | undefined;
  /** Does the wall clock disagree at the moment? */
  isDisputed: boolean;
};

/** Wall clocks are adjusted by this much all the time, without harm. */
export const TOLERANCE_MS = 2_000;
/** A jump forward, or back to a former offset, is accepted after this time. */
export const CONFIRM_MS = 60_000;
/** An accepted offset that nothing confirms counts as proven after this time. */
export const SETTLE_MS = 3_600_000;
/** How long a service may have been off before its wall clock is doubted. */
export const OFF_MS = 86_400_000;

/**
 * Believes the first observed offset, unless it is behind `floor`.
 * @param floor the offset at which the latest known instant would be now.
 */
export function firstOffset(observed: number, floor: number, now: Ticks): BelievedOffset {
  const offset = Math.max(observed, floor);
  const isProven = offset - floor <= OFF_MS;
  return {
    offset,
    proven: isProven ? offset : floor,
    isProven,
    acceptedAt: now,
    candidate: undefined,
    isDisputed: observed < floor - TOLERANCE_MS,
  };
}

export function isAgreed({ offset }: BelievedOffset, observed: number): boolean {
  return Math.abs(observed - offset) <= TOLERANCE_MS;
}

/** Updates what is believed after an observation. */
export function observe(belief: BelievedOffset, observed: number, now: Ticks) {
  if (isAgreed(belief, observed)) return accept(belief, observed, now);
  const { candidate, proven } = belief;
  belief.isDisputed = true;
  if (observed < proven - TOLERANCE_MS) {
    belief.candidate = undefined;
  } else if (candidate === undefined || Math.abs(observed - candidate.offset) > TOLERANCE_MS) {
    belief.candidate = { offset: observed, since: now };
  } else if (now - candidate.since >= CONFIRM_MS) {
    belief.isProven = false;
    belief.acceptedAt = now;
    accept(belief, observed, now);
  }
}

function accept(belief: BelievedOffset, observed: number, now: Ticks) {
  belief.offset = observed;
  belief.isProven ||= observed - belief.proven <= TOLERANCE_MS || now - belief.acceptedAt >= SETTLE_MS;
  if (belief.isProven) belief.proven = observed;
  belief.candidate = undefined;
  belief.isDisputed = false;
}
