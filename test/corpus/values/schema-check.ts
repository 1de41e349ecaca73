import { isDeepStrictEqual } from "node:util";
import { fullFormats } from "ajv-formats/dist/formats.js";
import { asList, asRecord, isRecord, type JsonObject } from "../../../src/contract/document/json.ts";
import { boundsOf, type Dialect, isReadOnly, patternOf, schemaOf, typesOf } from "./dialect.ts";

/** A keyword that a value breaks, and where: the keys and indices from the value's root. */
export type Violation = { readonly keyword: string; readonly path: readonly (string | number)[] };

type Path = Violation["path"];

/**
 * What `value`, sent in a request, breaks of a schema. Written from the specifications and from no code of the service,
 * so that it can decide whether a generated request is valid.
 * @throws NotSupported for keywords that it does not know.
 */
export function violationsOf(dialect: Dialect, written: unknown, value: unknown, path: Path = []): Violation[] {
  // Longer paths are references that lead in a circle, or data that no generator makes.
  if (path.length > 60) throw new NotSupported("a value this deep");
  const schema = schemaOf(dialect, written);
  if (schema === undefined) throw new NotSupported("a reference that leads nowhere");
  if (UNKNOWN_KEYWORDS.some((keyword) => schema[keyword] !== undefined)) throw new NotSupported("such a keyword");
  return [
    ...anyValue(schema, value, path),
    ...(typeof value === "number" ? numbers(schema, value, path) : []),
    ...(typeof value === "string" ? texts(schema, value, path) : []),
    ...(Array.isArray(value) ? lists(dialect, schema, value, path) : []),
    ...(isRecord(value) ? objects(dialect, schema, value, path) : []),
    ...combinations(dialect, schema, value, path),
  ];
}

/** The schema cannot be checked here, so no request is generated for it. */
export class NotSupported extends Error {}

const UNKNOWN_KEYWORDS = ["$dynamicRef", "unevaluatedProperties", "unevaluatedItems", "$anchor", "$id"];

export function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isRecord(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function anyValue(schema: JsonObject, value: unknown, path: Path): Violation[] {
  const types = typesOf(schema);
  const values = schema["enum"];
  return [
    ...found("type", types.length > 0 && !types.some((type) => hasType(value, type)), path),
    ...found("enum", Array.isArray(values) && !values.some((one) => isDeepStrictEqual(one, value)), path),
    ...found("const", schema["const"] !== undefined && !isDeepStrictEqual(schema["const"], value), path),
  ];
}

function found(keyword: string, isBroken: boolean, path: Path): Violation[] {
  return isBroken ? [{ keyword, path }] : [];
}

function numbers(schema: JsonObject, value: number, path: Path): Violation[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = boundsOf(schema);
  const { multipleOf } = schema;
  const parts = typeof multipleOf === "number" ? value / multipleOf : 0;
  return [
    ...found("minimum", minimum !== undefined && value < minimum, path),
    ...found("maximum", maximum !== undefined && value > maximum, path),
    ...found("exclusiveMinimum", exclusiveMinimum !== undefined && value <= exclusiveMinimum, path),
    ...found("exclusiveMaximum", exclusiveMaximum !== undefined && value >= exclusiveMaximum, path),
    ...found("multipleOf", Math.abs(parts - Math.round(parts)) > 1e-8, path),
    ...found("format", schema["format"] === "int32" && (value | 0) !== value, path),
    ...found("format", schema["format"] === "int64" && !Number.isInteger(value), path),
  ];
}

function texts(schema: JsonObject, value: string, path: Path): Violation[] {
  const { minLength, maxLength, pattern, format } = schema;
  const length = [...value].length;
  if (typeof pattern === "string" && patternOf(pattern) === undefined) throw new NotSupported("such a pattern");
  return [
    ...found("minLength", typeof minLength === "number" && length < minLength, path),
    ...found("maxLength", typeof maxLength === "number" && length > maxLength, path),
    ...found("pattern", patternOf(pattern)?.test(value) === false, path),
    ...found("format", typeof format === "string" && !hasFormat(value, format), path),
  ];
}

/** Formats that say nothing about a text. */
const FREE_FORMATS = ["int32", "int64", "float", "double", "password", "binary"];

function hasFormat(value: string, format: string): boolean {
  if (FREE_FORMATS.includes(format)) return true;
  const check: unknown = Object.hasOwn(fullFormats, format) ? Reflect.get(fullFormats, format) : undefined;
  if (check instanceof RegExp) return new RegExp(check.source, check.flags.replace("g", "")).test(value);
  if (typeof check === "function") return check(value);
  const { validate } = asRecord(check);
  return typeof validate === "function" ? validate(value) : true;
}

function lists(dialect: Dialect, schema: JsonObject, value: readonly unknown[], path: Path): Violation[] {
  const { minItems, maxItems, uniqueItems, contains } = schema;
  const prefix = asList(schema["prefixItems"]);
  const repeated = value.some((one, index) => value.slice(0, index).some((other) => isDeepStrictEqual(one, other)));
  const holds = (one: unknown) => violationsOf(dialect, contains, one).length === 0;
  return [
    ...found("minItems", typeof minItems === "number" && value.length < minItems, path),
    ...found("maxItems", typeof maxItems === "number" && value.length > maxItems, path),
    ...found("uniqueItems", uniqueItems === true && repeated, path),
    ...found("contains", contains !== undefined && !value.some(holds), path),
    ...value.flatMap((one, index) =>
      violationsOf(dialect, index < prefix.length ? prefix[index] : schema["items"], one, [...path, index]),
    ),
  ];
}

function objects(dialect: Dialect, schema: JsonObject, value: JsonObject, path: Path): Violation[] {
  const properties = asRecord(schema["properties"]);
  const patterns = Object.entries(asRecord(schema["patternProperties"]));
  const { minProperties, maxProperties, additionalProperties, propertyNames } = schema;
  const count = Object.keys(value).length;
  // A property that only responses have need not be sent (OpenAPI 3.1.1 §4.8.24, readOnly).
  const isRequired = (name: unknown) =>
    !(Object.hasOwn(properties, String(name)) && isReadOnly(dialect, properties[String(name)]));
  const missing = asList(schema["required"]).filter((name) => !Object.hasOwn(value, String(name)) && isRequired(name));
  return [
    ...missing.map((name): Violation => ({ keyword: "required", path: [...path, String(name)] })),
    ...found("minProperties", typeof minProperties === "number" && count < minProperties, path),
    ...found("maxProperties", typeof maxProperties === "number" && count > maxProperties, path),
    ...Object.entries(value).flatMap(([name, one]) => {
      const here = [...path, name];
      const matching = patterns.filter(([pattern]) => patternOf(pattern)?.test(name));
      const isDeclared = Object.hasOwn(properties, name);
      const surplus = isDeclared || matching.length > 0 ? undefined : additionalProperties;
      // Whether a request may have it is left open ("SHOULD NOT be sent", OpenAPI 3.0.4 §4.7.24.2).
      return [
        ...found("readOnly", isDeclared && isReadOnly(dialect, properties[name]), here),
        ...(isDeclared ? violationsOf(dialect, properties[name], one, here) : []),
        ...matching.flatMap(([, inner]) => violationsOf(dialect, inner, one, here)),
        ...(surplus === false ? [{ keyword: "additionalProperties", path: here }] : []),
        ...(isRecord(surplus) ? violationsOf(dialect, surplus, one, here) : []),
        ...(propertyNames === undefined ? [] : violationsOf(dialect, propertyNames, name, here)),
      ];
    }),
    ...dependents(dialect, schema, value, path),
  ];
}

function dependents(dialect: Dialect, schema: JsonObject, value: JsonObject, path: Path): Violation[] {
  const names = Object.entries(asRecord(schema["dependentRequired"])).filter(([name]) => Object.hasOwn(value, name));
  const schemas = Object.entries(asRecord(schema["dependentSchemas"])).filter(([name]) => Object.hasOwn(value, name));
  return [
    ...names
      .flatMap(([, needed]) => asList(needed).map(String))
      .filter((name) => !Object.hasOwn(value, name))
      .map((name): Violation => ({ keyword: "dependentRequired", path: [...path, name] })),
    ...schemas.flatMap(([, inner]) => violationsOf(dialect, inner, value, path)),
  ];
}

function combinations(dialect: Dialect, schema: JsonObject, value: unknown, path: Path): Violation[] {
  const broken = (inner: unknown) => violationsOf(dialect, inner, value, path);
  const ofAll = asList(schema["allOf"]).flatMap(broken);
  const ofAny = asList(schema["anyOf"]).map(broken);
  const ofOne = asList(schema["oneOf"]).map(broken);
  const matches = ofOne.filter((list) => list.length === 0).length;
  const isNone = ofAny.length > 0 && ofAny.every((list) => list.length > 0);
  const isOther = schema["not"] !== undefined && broken(schema["not"]).length === 0;
  const condition = schema["if"] === undefined ? undefined : broken(schema["if"]).length === 0;
  const branch = condition === undefined ? undefined : schema[condition ? "then" : "else"];
  return [
    ...ofAll,
    ...(isNone ? [{ keyword: "anyOf", path }, ...ofAny.flat()] : []),
    ...(ofOne.length > 0 && matches !== 1 ? [{ keyword: "oneOf", path }, ...ofOne.flat()] : []),
    ...found("not", isOther, path),
    ...(branch === undefined ? [] : broken(branch)),
  ];
}
