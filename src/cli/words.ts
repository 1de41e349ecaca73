import type { JsonObject } from "../contract/document/json.ts";
import { violationOf } from "../contract/model/text-schema.ts";
import type { Metadata } from "../keys/metadata.ts";
import { parseStrictJson } from "../lib/json/strict-json.ts";
import { type Instant, parseTimestamp } from "../lib/time/clock.ts";
import { UsageError } from "./failure.ts";

/** Holds what was typed against the same contract that HTTP is held against. @throws UsageMistake */
export function requireText(
  document: JsonObject,
  schema: "ClientName" | "KeyName" | "RevocationReason" | "SearchText" | "LastFour",
  text: string,
  what: string,
) {
  const violation = violationOf(document, schema, text);
  if (violation !== undefined) throw new UsageError(`${what} ${violation}`);
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400, w: 604_800 };

/**
 * A span in seconds, as people type it: `90d`, `12h`, `30m`, `4w`.
 * @throws UsageMistake
 */
export function parseSpan(text: string): number {
  const [, count, unit = ""] = SPAN.exec(text) ?? [];
  if (count === undefined) throw new UsageError(`${text} is no span: give one such as 90d, 12h or 30m.`);
  return Number(count) * (UNIT_SECONDS[unit] ?? 0);
}

export function isSpan(text: string): boolean {
  return SPAN.test(text);
}

const SPAN = /^(\d{1,5})([mhdw])$/;

/**
 * When something ends, as people type it: `90d`, `12h`, `30m`, `4w` from `now`, or an RFC 3339 date-time.
 * @throws UsageMistake
 */
export function parseEnd(text: string, now: Instant): Instant {
  return SPAN.test(text) ? now + parseSpan(text) * 1000 : requireTime(text, "end");
}

/**
 * When something began, as people type it: `90d`, `12h`, `30m`, `4w` before `now`, or an RFC 3339 date-time.
 * @throws UsageMistake
 */
export function parseStart(text: string, now: Instant): Instant {
  return SPAN.test(text) ? now - parseSpan(text) * 1000 : requireTime(text, "start");
}

function requireTime(text: string, what: "end" | "start"): Instant {
  const instant = parseTimestamp(text);
  if (instant !== undefined) return instant;
  throw new UsageError(
    `${text} is no ${what}: give a span such as 90d or 12h, or a time such as 2027-01-31T12:00:00Z.`,
  );
}

/** Gathers an option that may be given several times, each time with one or more words between commas. @throws UsageMistake */
export function gather(text: string, gathered: readonly string[] = []): readonly string[] {
  const words = text.split(",").filter((word) => word !== "");
  // An unset variable of a script must not pass for "no restriction".
  if (words.length === 0) throw new UsageError("An option was given without a value: give one, or leave it out.");
  return [...gathered, ...words];
}

/**
 * Notes as people type them: a JSON object. Whether it is one that can be kept, the deed says.
 * @throws UsageMistake
 */
export function parseMetadata(text: string): Metadata {
  const outcome = parseStrictJson(Buffer.from(text));
  const value = outcome.kind === "parsed" ? outcome.value : undefined;
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new UsageError(`The metadata is no JSON object: give one such as '{"team":"blue"}'.`);
  }
  return value as Metadata;
}
