import type { NumericParameter } from "../../../contract/model/operations.ts";

const SPELLINGS = {
  integer: { pattern: /^-?(?:0|[1-9]\d*)$/, detail: "must be an integer in plain decimal digits" },
  number: { pattern: /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/, detail: "must be a number in plain decimal digits" },
} as const;

/**
 * What is wrong with an unusual spelling of a number: the validator accepts `0x10`, `1e1` and ` 10`, which a handler or
 * upstream may read differently.
 */
export function numberErrorIn(parameter: NumericParameter, value: unknown): string | undefined {
  const { pattern, detail } = SPELLINGS[parameter.type];
  const isPlain = itemsOf(parameter, value).every((one) => typeof one !== "string" || pattern.test(one));
  return isPlain ? undefined : detail;
}

/** The items of a value. The validator checks whether a list is allowed. */
function itemsOf({ in: place, delimiter }: NumericParameter, value: unknown): readonly unknown[] {
  const values = [value].flat();
  if (delimiter === undefined) return values;
  const items = values.flatMap((one) => (typeof one === "string" ? one.split(delimiter) : one));
  // Lines of a header are joined with a comma and a space (RFC 9110 §5.3).
  return place === "header" ? items.map((item) => (typeof item === "string" ? item.trim() : item)) : items;
}
