import { asRecord } from "../../document/json.ts";

/** Plain decimal digits, and no negative zero. */
const INTEGER = /^(?:0|-?[1-9]\d{0,14})$/;
const NUMBER = /^(?!-0(?:\.0+)?$)-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** With at most 15 digits every number has one nearest value, whatever program reads it. */
const MAX_CHARACTERS = 16;

/** Undefined for a text that is unusual: other programs may read it as another number. */
export function parseInteger(text: string): number | undefined {
  return INTEGER.test(text) ? Number(text) : undefined;
}

/** Undefined for a text that is unusual: other programs may read it as another number. */
export function parseNumber(text: string): number | undefined {
  return isPlainNumber(text) ? Number(text) : undefined;
}

/** Whether each text in `written` that became a number in `converted` is a plain one. */
export function isExact(written: unknown, converted: unknown): boolean {
  if (typeof written === "string") return typeof converted !== "number" || isPlainNumber(written);
  if (typeof written !== "object" || written === null) return true;
  const parts = asRecord(Array.isArray(converted) ? { ...converted } : converted);
  return Object.entries(written).every(([name, one]) => isExact(one, parts[name]));
}

function isPlainNumber(text: string): boolean {
  return text.length <= MAX_CHARACTERS && NUMBER.test(text);
}
