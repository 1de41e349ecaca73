import type { Pointer } from "../../../document/finding.ts";
import { hasExactNumbers, withDoubles } from "../../exact/numbers/exact-json.ts";
import type { CompiledSchemas, Convert, Violation } from "../../schemas/compiled-schemas.ts";
import type { Parameter } from "../parameter.ts";
import { Unreadable } from "../split.ts";
import { isScalar, type ReadScalar, SCALARS } from "./scalars.ts";
import { isAmbiguous, type Preference, toTyped } from "./typed-value.ts";
import type { ValueShape } from "./value-shape.ts";

/** Makes the value of a parameter from its texts, or from JSON, and checks it by its schema. */
export type Converter = {
  /** @param value a text, or a list or an object of texts. Returns undefined when it does not match the schema. */
  readonly fromTexts: (value: unknown) => unknown;
  /** @param value has types already. Returns undefined when it does not match the schema. */
  readonly fromJson: (value: unknown) => unknown;
  /** What is wrong with a value that one of the two did not take. */
  readonly explain: (value: unknown, from: "texts" | "json") => Violation | Unreadable;
};

/** @throws NotCompiled, or an error of Ajv */
export function createConverter(
  { shape, schemaPlace }: Pick<Parameter, "shape" | "schemaPlace">,
  schemas: CompiledSchemas,
): Converter {
  const check = createCheck(schemas, schemaPlace);
  const preferences: readonly Preference[] = isAmbiguous(shape) ? ["declared", "text", "other"] : ["declared"];
  return {
    fromTexts: simpleConversion(shape, check) ?? conversion(shape, check, preferences),
    fromJson: check,
    explain: (value, from) => {
      const find = schemas.violationOf(schemaPlace);
      if (from === "json") return find(value) ?? UNCLEAR;
      return spellingError(shape, value) ?? find(toTyped(shape, value, "declared")) ?? UNCLEAR;
    },
  };
}

/** The value with the defaults of absent properties; undefined for one that does not match the schema. */
function createCheck(schemas: CompiledSchemas, place: Pointer): Convert {
  const isValid = schemas.ofRequest(place);
  const find = schemas.violationOf(place);
  const withDefaults = (value: unknown) => {
    if (schemas.hasDefaults(place)) schemas.addDefaults(place, value);
    return value;
  };
  return (value) => {
    if (!hasExactNumbers(value)) return isValid(value) ? withDefaults(value) : undefined;
    return find(value) === undefined ? withDefaults(withDoubles(value)) : undefined;
  };
}

const UNCLEAR: Violation = { path: "", detail: "must match its schema" };

/** What is wrong with an unusual spelling of a number: `0x10`, ` 10` or `010`. Other texts are not numbers at all. */
function spellingError(shape: ValueShape, value: unknown): Unreadable | undefined {
  if (Array.isArray(value))
    return value.map((one, index) => spellingError(shape.itemAt(index), one)).find((one) => one !== undefined);
  const [type] = shape.types;
  if (typeof value !== "string" || value.trim() === "" || (type !== "integer" && type !== "number")) return undefined;
  return Number.isNaN(Number(value)) || SCALARS[type](value) !== undefined ? undefined : MISSPELT[type];
}

const MISSPELT = {
  integer: new Unreadable("must be an integer in plain decimal digits"),
  number: new Unreadable("must be a number in plain decimal digits"),
} as const;

function conversion(shape: ValueShape, check: Convert, preferences: readonly Preference[]) {
  return (texts: unknown): unknown => {
    for (const preference of preferences) {
      const typed = toTyped(shape, texts, preference);
      const value = check(typed);
      if (value !== undefined) return value;
    }
    return undefined;
  };
}

/** Most parameters are one scalar, or a list of them: these need not look at the shape for each request. */
function simpleConversion(shape: ValueShape, check: Convert) {
  const scalar = scalarOf(shape);
  if (scalar !== undefined) return convertScalar(scalar, check);
  const isList = shape.types.size === 1 && shape.types.has("array") && shape.itemAt(0) === shape.itemAt(1);
  const item = isList ? scalarOf(shape.itemAt(0)) : undefined;
  return item && convertList(item, check);
}

function scalarOf({ types, isNullable }: ValueShape): ReadScalar | undefined {
  const [type] = types;
  return types.size === 1 && !isNullable && isScalar(type) ? SCALARS[type] : undefined;
}

function convertScalar(read: ReadScalar, check: Convert) {
  return (text: unknown): unknown => {
    const value = typeof text === "string" ? read(text) : undefined;
    return value === undefined ? undefined : check(value);
  };
}

function convertList(read: ReadScalar, check: Convert) {
  return (texts: unknown): unknown => {
    if (!Array.isArray(texts)) return undefined;
    const values: unknown[] = [];
    for (const text of texts) {
      const value = typeof text === "string" ? read(text) : undefined;
      if (value === undefined) return undefined;
      values.push(value);
    }
    return check(values);
  };
}
