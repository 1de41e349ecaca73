import type { Instant } from "../lib/time/clock.ts";
import type { Period } from "./limit.ts";

/** One day or month of the calendar, in UTC. */
export type Span = {
  /** `2026-11-25` or `2026-11`; later ones sort behind. */
  readonly name: string;
  readonly startsAt: Instant;
  /** The first instant of the next one. */
  readonly endsAt: Instant;
};

/** Every request asks, and nearly every one gets the same answer as the one before it. */
const latest = new Map<Period, Span>();

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
