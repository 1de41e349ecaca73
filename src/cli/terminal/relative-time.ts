import { type Instant, toTimestamp } from "../../lib/time/clock.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** From which distance on a unit is used, the largest first. */
const UNITS = [
  { least: 730 * DAY_MS, ms: 365 * DAY_MS, one: "year", many: "years" },
  { least: 60 * DAY_MS, ms: 30 * DAY_MS, one: "month", many: "months" },
  { least: 2 * DAY_MS, ms: DAY_MS, one: "day", many: "days" },
  { least: HOUR_MS, ms: HOUR_MS, one: "h", many: "h" },
  { least: MINUTE_MS, ms: MINUTE_MS, one: "min", many: "min" },
] as const;

/** `at` as seen from `now`, rounded down: `in 3 days`, `2 h ago`, `now` within a minute. */
export function toRelative(at: Instant, now: Instant): string {
  const distance = Math.abs(at - now);
  const unit = UNITS.find(({ least }) => distance >= least);
  if (unit === undefined) return at > now ? "within a minute" : "just now";
  const count = Math.floor(distance / unit.ms);
  const words = `${count} ${count === 1 ? unit.one : unit.many}`;
  return at > now ? `in ${words}` : `${words} ago`;
}

/** The end of something in a sentence: `at the end of 2027-01-31 (UTC), in 2 months`. */
export function describeEnd(at: Instant, now: Instant): string {
  const isMidnight = at % DAY_MS === 0;
  const when = isMidnight ? `the end of ${toTimestamp(at - 1).slice(0, 10)} (UTC)` : toTimestamp(at);
  return `at ${when}, ${toRelative(at, now)}`;
}
