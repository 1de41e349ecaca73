import type { Ticks } from "../lib/time/clock.ts";
import type { Limit } from "./limit.ts";

/**
 * The state of a continuous-state leaky bucket, which is one form of the generic cell rate algorithm (ITU-T I.371): in
 * any span Δ it admits at most `burst + requests · Δ / window` units. `level` is the theoretical arrival time minus
 * now, times `requests`: a whole number, so that nothing is ever rounded.
 */
export type Level = { level: number; at: Ticks };

export type Rate = Pick<Limit, "requests" | "windowSeconds" | "burst">;

/** The level at `now`, after what has leaked since `at`; if time runs backwards, nothing leaks. */
export function levelAt({ requests }: Rate, { level, at }: Level, now: Ticks): number {
  return now <= at ? level : Math.max(0, level - (now - at) * requests);
}

/** How much `cost` units add to a level. */
export function weightOf({ windowSeconds }: Rate, cost: number): number {
  return cost * windowSeconds * 1000;
}

/** Are `cost` units admitted? A cost above the burst is admitted only by an empty bucket. */
export function hasRoom(rate: Rate, level: number, cost: number): boolean {
  return level + weightOf(rate, cost) <= weightOf(rate, Math.max(rate.burst, cost));
}

/** How many units would be admitted now. */
export function remainingOf(rate: Rate, level: number): number {
  return Math.max(0, Math.floor((weightOf(rate, rate.burst) - level) / weightOf(rate, 1)));
}

/** Milliseconds until `cost` units are admitted, provided that nothing else is taken until then. */
export function waitMs(rate: Rate, level: number, cost: number): number {
  const over = level + weightOf(rate, cost) - weightOf(rate, Math.max(rate.burst, cost));
  return Math.max(0, Math.ceil(over / rate.requests));
}
