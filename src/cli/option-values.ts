import type { Metadata } from "../keys/metadata.ts";
import { parseStrictJson } from "../lib/json/strict-json.ts";
import { type Instant, parseTimestamp } from "../lib/time/clock.ts";
import { UsageError } from "./failure.ts";

const UNIT_SECONDS: Readonly<Record<string, number>> = { m: 60, min: 60, h: 3_600, d: 86_400, w: 604_800 };
const UNIT_MONTHS: Readonly<Record<string, number>> = { mo: 1, y: 12 };

const DURATION = /^(\d{1,5})(m|min|h|d|w|mo|y)$/;
const DAY_MS = 86_400_000;

/**
 * A duration in seconds, as people type it: `90d`, `12h`, `30min`, `4w`. `30m` is minutes, too.
 * @throws UsageError
 */
export function parseDuration(text: string): number {
  const { count, unit } = readDuration(text) ?? {};
  if (count === undefined || unit === undefined) {
    throw new UsageError(`Invalid duration ${text}: use for example 90d, 12h or 30min.`);
  }
  const seconds = UNIT_SECONDS[unit];
  if (seconds === undefined) {
    throw new UsageError(`Invalid duration ${text}: months and years differ in length, use for example 30d.`);
  }
  return count * seconds;
}

export function isDuration(text: string): boolean {
  return DURATION.test(text);
}

/**
 * Refuses `1m`, for an option that deletes: most commands read it as a minute, but some people mean a month.
 * @throws UsageError
 */
export function requireUnambiguous(option: string, text: string) {
  const { count, unit } = readDuration(text) ?? {};
  if (unit !== "m") return;
  throw new UsageError(`${option} ${text} could mean minutes or months: use ${count}min or ${count}mo.`);
}

/**
 * When something ends, as people type it: `90d`, `12h`, `30min`, `4w`, `6mo` or `1y` from `now`, an RFC 3339
 * date-time, or a date, which means the end of that day in UTC.
 * @throws UsageError
 */
export function parseEnd(text: string, now: Instant): Instant {
  return shifted(text, now, 1) ?? endOfDay(text) ?? requireTime(text, "end");
}

/**
 * When something began, as people type it: `90d`, `12h`, `30min`, `4w`, `6mo` or `1y` before `now`, an RFC 3339
 * date-time, or a date, which means the start of that day in UTC.
 * @throws UsageError
 */
export function parseStart(text: string, now: Instant): Instant {
  return shifted(text, now, -1) ?? startOfDay(text) ?? requireTime(text, "start");
}

/**
 * Up to when a report goes: like `parseStart`, but a date means the end of that day, so that the day is part of it.
 * @throws UsageError
 */
export function parseLast(text: string, now: Instant): Instant {
  return shifted(text, now, -1) ?? endOfDay(text) ?? requireTime(text, "end");
}

function readDuration(text: string): { readonly count: number; readonly unit: string } | undefined {
  const [, count, unit] = DURATION.exec(text) ?? [];
  return count === undefined || unit === undefined ? undefined : { count: Number(count), unit };
}

/** `now`, moved by the duration; undefined if `text` is not one. */
function shifted(text: string, now: Instant, direction: 1 | -1): Instant | undefined {
  const duration = readDuration(text);
  if (duration === undefined) return undefined;
  const months = UNIT_MONTHS[duration.unit];
  return months === undefined
    ? now + direction * parseDuration(text) * 1000
    : requireYear(addMonths(now, direction * duration.count * months), text);
}

/** The same day of another month, or the last day of that month where it is shorter (UTC). */
function addMonths(now: Instant, months: number): Instant {
  const date = new Date(now);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const daysInMonth = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return date.setUTCDate(Math.min(day, daysInMonth));
}

/** A time that RFC 3339 can write. */
function requireYear(instant: Instant, text: string): Instant {
  if (instant >= 0 && parseTimestamp(new Date(instant).toISOString()) !== undefined) return instant;
  throw new UsageError(`Invalid duration ${text}: it leads out of the years 1970 to 9999.`);
}

function startOfDay(text: string): Instant | undefined {
  return /^\d{4}-\d\d-\d\d$/.test(text) ? parseTimestamp(`${text}T00:00:00Z`) : undefined;
}

function endOfDay(text: string): Instant | undefined {
  const start = startOfDay(text);
  return start === undefined ? undefined : start + DAY_MS;
}

function requireTime(text: string, what: "end" | "start"): Instant {
  const instant = parseTimestamp(text);
  if (instant !== undefined) return instant;
  throw new UsageError(
    `Invalid ${what} ${text}: use a duration such as 90d, 12h or 6mo, a date such as 2027-01-31, or a time such as 2027-01-31T12:00:00Z.`,
  );
}

/**
 * Gathers the values of an option that may be repeated, each time with one or more words between commas.
 * @throws UsageError
 */
export function gather(text: string, gathered: readonly string[] = []): readonly string[] {
  const words = text.split(",").filter((word) => word !== "");
  // An unset variable in a script must not mean "no restriction".
  if (words.length === 0) throw new UsageError("An option has no value: add one, or leave the option out.");
  return [...gathered, ...words];
}

/**
 * Notes as people type them: a JSON object. The action checks its size and contents.
 * @throws UsageError
 */
export function parseMetadata(text: string): Metadata {
  const outcome = parseStrictJson(Buffer.from(text));
  const value = outcome.kind === "parsed" ? outcome.value : undefined;
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new UsageError(`The metadata is not a JSON object: use for example '{"team":"blue"}'.`);
  }
  return value as Metadata;
}
