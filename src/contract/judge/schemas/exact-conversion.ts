import { asRecord } from "../../document/json.ts";

/** Plain decimal digits, and no negative zero. */
const NUMBER = /^(?!-0(?:\.0+)?$)-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** With at most 15 digits every number has one nearest value, whatever program reads it. */
const MAX_CHARACTERS = 16;

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
