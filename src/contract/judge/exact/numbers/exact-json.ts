import { canonicalDecimal, ExactNumber, parseDecimal } from "./decimal.ts";

/** Any decimal number with at most 15 digits is the one that JavaScript writes for its double. */
const MAY_LOSE_DIGITS = /[\d.]{16}|\d[eE]/;

/** Could a number in this text of JSON be another one as a double? May be true for texts without such a number. */
export function mayLoseDigits(bytes: Uint8Array): boolean {
  return MAY_LOSE_DIGITS.test(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1"));
}

/**
 * Parses a text that JSON.parse accepts. Numbers that no double holds become `ExactNumber`s, and those that are too long
 * or too large to calculate with become NaN, which matches no schema of numbers.
 */
export function parseExactJson(text: string): unknown {
  // The type of a reviver lacks its third argument, which has the text of a number (ECMAScript 2026, JSON.parse).
  return JSON.parse(text, toExact as (name: string, value: unknown) => unknown);
}

function toExact(_name: string, value: unknown, { source }: { readonly source?: string }): unknown {
  if (typeof value !== "number" || source === undefined) return value;
  return exactNumber(source, value);
}

/** What `text` says, which JavaScript reads as `value`; NaN where that is too long or too large to calculate with. */
export function exactNumber(text: string, value: number): number | ExactNumber {
  if (text.length < 3 || !MAY_LOSE_DIGITS.test(text)) return value;
  const written = parseDecimal(text);
  const read = Number.isFinite(value) ? parseDecimal(String(value)) : undefined;
  if (written === undefined || read === undefined) return Number.NaN;
  return canonicalDecimal(written) === canonicalDecimal(read) ? value : new ExactNumber(written);
}

/** Has a value of JSON a number that no double holds? */
export function hasExactNumbers(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return value instanceof ExactNumber || Object.values(value).some(hasExactNumbers);
}

/** A copy with the nearest numbers that JavaScript has. */
export function withDoubles(value: unknown): unknown {
  if (value instanceof ExactNumber) return value.toDouble();
  if (Array.isArray(value)) return value.map(withDoubles);
  if (typeof value !== "object" || value === null) return value;
  // Unlike an assignment, this never sets the prototype.
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withDoubles(one)]));
}
