import { asList } from "../../document/json.ts";
import { compilePattern } from "../../patterns/compile-pattern.ts";
import { hasFormat } from "../schemas/has-format.ts";
import { type Evaluate, violated } from "./evaluation.ts";
import { compareDecimals, isMultiple, toDecimal } from "./numbers/decimal.ts";
import type { Keyword } from "./subschema.ts";
import { canonicalJson, hasType, isNumber } from "./values.ts";

/** JSON Schema Validation 2020-12 §6.1 to §6.3, and §7. */
export const SCALAR_KEYWORDS: Readonly<Record<string, Keyword>> = {
  type: (types) => {
    const allowed = [types].flat();
    return (one) => allowed.some((type) => hasType(one.value, type)) || violated(one, `must be ${allowed.join()}`);
  },
  const: (constant) => equalTo([constant], "must be equal to constant"),
  enum: (values) => {
    const named = asList(values).map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
    return equalTo(asList(values), `must be equal to one of the allowed values: ${named.join(", ")}`);
  },
  minimum: bound((order) => order >= 0, ">="),
  maximum: bound((order) => order <= 0, "<="),
  exclusiveMinimum: bound((order) => order > 0, ">"),
  exclusiveMaximum: bound((order) => order < 0, "<"),
  multipleOf: (step) => {
    const unit = typeof step === "number" ? toDecimal(step) : undefined;
    return (one) => {
      if (!isNumber(one.value)) return true;
      const decimal = toDecimal(one.value);
      const isValid = decimal !== undefined && unit !== undefined && isMultiple(decimal, unit);
      return isValid || violated(one, `must be multiple of ${step}`);
    };
  },
  minLength: length((count, bound) => count >= bound, "NOT have fewer than"),
  maxLength: length((count, bound) => count <= bound, "NOT have more than"),
  pattern: (pattern, { maxLength }) => {
    if (typeof pattern !== "string") return undefined;
    const expression = compilePattern(pattern);
    return (one) => {
      if (typeof one.value !== "string") return true;
      // Such a text is refused already, and the pattern may be harmless only for short ones.
      if (typeof maxLength === "number" && isLonger(one.value, maxLength)) return true;
      return expression.test(one.value) || violated(one, `must match pattern "${pattern}"`);
    };
  },
  format: (format) => {
    if (typeof format !== "string") return undefined;
    return (one) => hasFormat(one.value, format) || violated(one, `must match format "${format}"`);
  },
};

function equalTo(values: readonly unknown[], message: string): Evaluate {
  const known = new Set(values.map(canonicalJson));
  // The text of a large value takes long.
  const hasParts = values.some((value) => typeof value === "object" && value !== null);
  return (one) => {
    const mayBeEqual = hasParts || typeof one.value !== "object" || one.value === null || isNumber(one.value);
    return (mayBeEqual && known.has(canonicalJson(one.value))) || violated(one, message);
  };
}

function bound(isWithin: (order: number) => boolean, sign: string): Keyword {
  return (limit) => {
    const decimal = typeof limit === "number" ? toDecimal(limit) : undefined;
    return (one) => {
      if (!isNumber(one.value) || decimal === undefined) return true;
      const order = typeof one.value === "number" ? one.value - Number(limit) : orderOf(toDecimal(one.value));
      return isWithin(order) || violated(one, `must be ${sign} ${limit}`);
    };
    function orderOf(value: ReturnType<typeof toDecimal>): number {
      return value === undefined || decimal === undefined ? Number.NaN : compareDecimals(value, decimal);
    }
  };
}

function length(isWithin: (count: number, limit: number) => boolean, words: string): Keyword {
  return (limit) => (one) => {
    if (typeof one.value !== "string" || typeof limit !== "number") return true;
    const count = one.value.length > 2 * limit ? one.value.length : charactersOf(one.value);
    return isWithin(count, limit) || violated(one, `must ${words} ${limit} characters`);
  };
}

function isLonger(text: string, maxLength: number): boolean {
  return text.length > maxLength && charactersOf(text) > maxLength;
}

/** JSON Schema counts characters: two UTF-16 units may be one. */
function charactersOf(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
