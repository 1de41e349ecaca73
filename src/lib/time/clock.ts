/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** Wall-clock time. Read it once per request or action. */
export type Clock = { readonly now: () => Instant };

export const systemClock: Clock = { now: () => Date.now() };

/** Whole milliseconds of a monotonic clock, from an arbitrary start. */
export type Ticks = number;

/** Monotonic time: for limits and timeouts, which a change of the wall clock must not touch. */
export type TickSource = { readonly now: () => Ticks };

export const systemTicks: TickSource = { now: () => Math.floor(performance.now()) };

/** RFC 3339 in UTC, with milliseconds. */
export function toTimestamp(instant: Instant): string {
  return new Date(instant).toISOString();
}

/** The date format of HTTP (RFC 9110 §5.6.7). */
export function toHttpDate(instant: Instant): string {
  return new Date(instant).toUTCString();
}

/** Parses an RFC 3339 date-time; undefined if it is invalid or names a day that does not exist. */
export function parseTimestamp(text: string): Instant | undefined {
  const [, day] = TIMESTAMP.exec(text) ?? [];
  const instant = Date.parse(text);
  if (day === undefined || Number.isNaN(instant)) return undefined;
  // An offset can lead out of the years 0000 to 9999, which RFC 3339 is limited to.
  if (instant < FIRST_INSTANT || instant > LAST_INSTANT) return undefined;

  // Date.parse turns 30 February into 2 March.
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day) ? instant : undefined;
}

const FIRST_INSTANT = Date.parse("0000-01-01T00:00:00Z");
const LAST_INSTANT = Date.parse("9999-12-31T23:59:59.999Z");

const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})[Tt](?:[01]\d|2[0-3]):\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

export function optionalTimestamp(instant: Instant | null): string | null {
  return instant === null ? null : toTimestamp(instant);
}
