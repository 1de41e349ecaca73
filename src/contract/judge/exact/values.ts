import { isRecord } from "../../document/json.ts";
import { canonicalDecimal, ExactNumber, isInteger, toDecimal } from "./numbers/decimal.ts";

/** A JSON object that is judged. */
export type Members = { readonly [name: string]: unknown };

/** Is `value` a JSON object? */
export function isObject(value: unknown): value is Members {
  return isRecord(value) && !(value instanceof ExactNumber);
}

export function isNumber(value: unknown): value is number | ExactNumber {
  return Number.isFinite(value) || value instanceof ExactNumber;
}

const IS_TYPE: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  null: (value) => value === null,
  array: Array.isArray,
  object: isObject,
  number: isNumber,
  integer: (value) => Number.isInteger(value) || (value instanceof ExactNumber && isInteger(value.decimal)),
};

/** Whether `value` has a type of JSON Schema (Core §4.2.1, Validation §6.1.1: 1.0 is an integer). */
export function hasType(value: unknown, type: unknown): boolean {
  return typeof type === "string" && Object.hasOwn(IS_TYPE, type) && (IS_TYPE[type]?.(value) ?? false);
}

/** One text for each value of JSON: two values are equal exactly if their texts are (Core §4.2.2). */
export function canonicalJson(value: unknown): string {
  if (typeof value === "number" || value instanceof ExactNumber) {
    const decimal = toDecimal(value);
    return decimal === undefined ? "NaN" : canonicalDecimal(decimal);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? "undefined";
  const members = Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}:${canonicalJson(one)}`);
  return `{${members.sort().join()}}`;
}
