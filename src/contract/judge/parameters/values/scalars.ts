import type { ExactNumber } from "../../exact/numbers/decimal.ts";
import { exactNumber } from "../../exact/numbers/exact-json.ts";

/** An integer in plain decimal digits: other spellings, such as `0x10`, mean different numbers to different programs. */
const INTEGER = /^-?(?:0|[1-9]\d*)$/;
/** A number as JSON writes it (RFC 8259 §6), because clients print small numbers as `1e-05`. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

/** Reads a text as a value of one type; undefined when it is not one. */
export type ReadScalar = (text: string) => unknown;

/** How the text of each type is read. A number that no double holds is an `ExactNumber`. */
export const SCALARS = {
  string: (text: string) => text,
  integer: (text: string) => (INTEGER.test(text) ? toFinite(text) : undefined),
  number: (text: string) => (NUMBER.test(text) ? toFinite(text) : undefined),
  boolean: (text: string) => (text === "true" || text === "false" ? text === "true" : undefined),
} as const satisfies Readonly<Record<string, ReadScalar>>;

export type Scalar = keyof typeof SCALARS;

export function isScalar(type: unknown): type is Scalar {
  return typeof type === "string" && Object.hasOwn(SCALARS, type);
}

/** Undefined for a number that is beyond a double, or too long to calculate with. */
function toFinite(text: string): number | ExactNumber | undefined {
  const value = Number(text);
  if (!Number.isFinite(value)) return undefined;
  const exact = exactNumber(text, value);
  return Number.isNaN(exact) ? undefined : exact;
}
