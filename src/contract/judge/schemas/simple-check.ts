import { asList, isRecord, type JsonObject } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";
import { compilePattern } from "../../patterns/compile-pattern.ts";
import { hasFormat } from "./has-format.ts";
import { ANNOTATIONS } from "./keywords.ts";

type Check = (value: unknown) => boolean;

/**
 * The check of a schema for scalars, or for a list of them, without Ajv: most parameters have one, and Ajv would take a
 * millisecond for each.
 * @returns undefined for any other schema.
 */
export function toSimpleCheck(document: OpenApiDocument, written: unknown): Check | undefined {
  const schema = withoutAnnotations(document, written);
  if (schema === undefined) return undefined;
  const { type, items, ...others } = schema;
  if (type !== "array") return toChecks(schema, OF_SCALARS);
  const isItem = toSimpleCheck(document, items);
  const isList = toChecks(others, OF_LISTS);
  return isItem && isList && ((value) => Array.isArray(value) && isList(value) && value.every(isItem));
}

/** Undefined for a reference with other keywords beside it, and for a schema that no request may match. */
function withoutAnnotations(document: OpenApiDocument, written: unknown): JsonObject | undefined {
  if (!isRecord(written) || written["readOnly"] === true) return undefined;
  const { $ref, ...others } = written;
  if ($ref !== undefined && Object.keys(others).length > 0) return undefined;
  if ($ref !== undefined) return withoutAnnotations(document, document.resolve(written));
  const kept = Object.entries(written).filter(([name]) => !ANNOTATIONS.has(name) && !IGNORED.test(name));
  return Object.fromEntries(kept);
}

const IGNORED = /^(?:default$|x-(?!eov-))/;

/** Keywords and their checks, in the order in which they run; undefined where a value of a keyword is unusual. */
type Keywords = readonly (readonly [string, (parameter: unknown) => Check | undefined])[];

function toChecks(schema: JsonObject, keywords: Keywords): Check | undefined {
  const found = keywords.filter(([name]) => schema[name] !== undefined);
  if (found.length < Object.keys(schema).length) return undefined;
  const checks = found.map(([name, toCheck]) => toCheck(schema[name]));
  const known = checks.filter((check) => check !== undefined);
  return known.length < checks.length ? undefined : (value) => known.every((check) => check(value));
}

// The pattern comes after the lengths: it may be harmless only for short texts.
const OF_SCALARS: Keywords = [
  ["type", ofType],
  ["const", (one) => (isRecord(one) || Array.isArray(one) ? undefined : (value) => value === one)],
  [
    "enum",
    (list) => (asList(list).some((one) => typeof one === "object" && one !== null) ? undefined : oneOf(asList(list))),
  ],
  ["maxLength", ofBound((value, most) => typeof value !== "string" || value.length <= most || lengthOf(value) <= most)],
  [
    "minLength",
    ofBound((value, least) => typeof value !== "string" || (value.length >= least && lengthOf(value) >= least)),
  ],
  ["minimum", ofBound((value, least) => typeof value !== "number" || value >= least)],
  ["maximum", ofBound((value, most) => typeof value !== "number" || value <= most)],
  ["exclusiveMinimum", ofBound((value, bound) => typeof value !== "number" || value > bound)],
  ["exclusiveMaximum", ofBound((value, bound) => typeof value !== "number" || value < bound)],
  ["pattern", ofPattern],
  ["format", (format) => (typeof format === "string" ? (value) => hasFormat(value, format) : undefined)],
];

const OF_LISTS: Keywords = [
  ["minItems", ofBound((value, least) => Array.isArray(value) && value.length >= least)],
  ["maxItems", ofBound((value, most) => Array.isArray(value) && value.length <= most)],
];

const IS_TYPE: Readonly<Record<string, Check>> = {
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  integer: (value) => Number.isInteger(value),
  number: (value) => Number.isFinite(value),
  null: (value) => value === null,
};

function ofType(type: unknown): Check | undefined {
  const checks = [type].flat().map((one) => (typeof one === "string" ? IS_TYPE[one] : undefined));
  const [first, ...others] = checks;
  if (first === undefined || checks.includes(undefined)) return undefined;
  return others.length === 0 ? first : (value) => checks.some((check) => check?.(value));
}

function oneOf(values: readonly unknown[]): Check {
  const known = new Set(values);
  return (value) => known.has(value);
}

function ofBound(isWithin: (value: unknown, bound: number) => boolean) {
  return (bound: unknown): Check | undefined =>
    typeof bound === "number" ? (value) => isWithin(value, bound) : undefined;
}

function ofPattern(pattern: unknown): Check | undefined {
  if (typeof pattern !== "string") return undefined;
  const expression = compilePattern(pattern);
  return (value) => typeof value !== "string" || expression.test(value);
}

/** In characters, as JSON Schema counts: two UTF-16 units may be one. */
function lengthOf(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
