import type { Ticks } from "../lib/time/clock.ts";
import type { Limit } from "./limit.ts";

/**
 * The generic cell rate algorithm (ITU-T I.371), as a continuous-state leaky bucket: in any span Δ it admits at most
 * `burst + requests · Δ / window` units. `level` is how far the theoretical arrival time lies ahead, times `requests`,
 * so that it stays a whole number and nothing is ever rounded.
 */
export type Level = { level: number; at: Ticks };

export type Rate = Pick<Limit, "requests" | "windowSeconds" | "burst">;

/** What is left of a level by `now`; time that runs backwards stands still. */
export function levelAt({ requests }: Rate, { level, at }: Level, now: Ticks): number {
  return now <= at ? level : Math.max(0, level - (now - at) * requests);
}

/** What `cost` units add to a level. */
export function weightOf({ windowSeconds }: Rate, cost: number): number {
  return cost * windowSeconds * 1000;
}

/** Something dearer than the whole burst is admitted when nothing else was taken. */
export function hasRoom(rate: Rate, level: number, cost: number): boolean {
  return level + weightOf(rate, cost) <= weightOf(rate, Math.max(rate.burst, cost));
}

/** How many units there is room for. */
export function remainingOf(rate: Rate, level: number): number {
  return Math.max(0, Math.floor((weightOf(rate, rate.burst) - level) / weightOf(rate, 1)));
}

/** In how many milliseconds there is room for `cost` units, if nobody takes any meanwhile. */
export function waitMs(rate: Rate, level: number, cost: number): number {
  const over = level + weightOf(rate, cost) - weightOf(rate, Math.max(rate.burst, cost));
  return Math.max(0, Math.ceil(over / rate.requests));
}
