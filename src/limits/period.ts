import type { Instant } from "../lib/time/clock.ts";
import type { Period } from "./limit.ts";

/** One calendar day or month, in UTC. */
export type Span = {
  /** `2026-11-25` or `2026-11`, so that names sort by time. */
  readonly name: string;
  readonly startsAt: Instant;
  /** The first instant of the next span. */
  readonly endsAt: Instant;
};

/** The latest result for each period: consecutive requests are nearly always in the same span. */
const latest = new Map<Period, Span>();

/** The day or month that contains `now`. */
export function spanOf(period: Period, now: Instant): Span {
  const known = latest.get(period);
  if (known !== undefined && known.startsAt <= now && now < known.endsAt) return known;
  const span = computeSpan(period, now);
  latest.set(period, span);
  return span;
}

function computeSpan(period: Period, now: Instant): Span {
  const date = new Date(now);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  return period === "day"
    ? {
        name: date.toISOString().slice(0, 10),
        startsAt: Date.UTC(year, month, day),
        endsAt: Date.UTC(year, month, day + 1),
      }
    : { name: date.toISOString().slice(0, 7), startsAt: Date.UTC(year, month), endsAt: Date.UTC(year, month + 1) };
}
