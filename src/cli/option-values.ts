import type { Metadata } from "../keys/metadata.ts";
import { parseStrictJson } from "../lib/json/strict-json.ts";
import { type Instant, parseTimestamp } from "../lib/time/clock.ts";
import { UsageError } from "./failure.ts";

const UNIT_SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400, w: 604_800 };

/**
 * A duration in seconds, as people type it: `90d`, `12h`, `30m`, `4w`.
 * @throws UsageError
 */
export function parseDuration(text: string): number {
  const [, count, unit = ""] = DURATION.exec(text) ?? [];
  if (count === undefined) throw new UsageError(`Invalid duration ${text}: use for example 90d, 12h or 30m.`);
  return Number(count) * (UNIT_SECONDS[unit] ?? 0);
}

export function isDuration(text: string): boolean {
  return DURATION.test(text);
}

const DURATION = /^(\d{1,5})([mhdw])$/;

/**
 * When something ends, as people type it: `90d`, `12h`, `30m`, `4w` from `now`, or an RFC 3339 date-time.
 * @throws UsageError
 */
export function parseEnd(text: string, now: Instant): Instant {
  return DURATION.test(text) ? now + parseDuration(text) * 1000 : requireTime(text, "end");
}

/**
 * When something began, as people type it: `90d`, `12h`, `30m`, `4w` before `now`, or an RFC 3339 date-time.
 * @throws UsageError
 */
export function parseStart(text: string, now: Instant): Instant {
  return DURATION.test(text) ? now - parseDuration(text) * 1000 : requireTime(text, "start");
}

function requireTime(text: string, what: "end" | "start"): Instant {
  const instant = parseTimestamp(text);
  if (instant !== undefined) return instant;
  throw new UsageError(
    `Invalid ${what} ${text}: use a duration such as 90d or 12h, or a time such as 2027-01-31T12:00:00Z.`,
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
