import { asList, asRecord, isRecord, type JsonObject, parsePointer } from "../../../document/json.ts";
import type { OpenApiDocument } from "../../../document/openapi-document.ts";
import { isAnyText, isBinary } from "../../../model/bodies/operation-body.ts";

/** What texts have to be converted to, so that a schema can judge them. */
export type FormShape = {
  /** The types of JSON that the schema allows; empty: it does not say. */
  readonly types: ReadonlySet<string>;
  /** Bytes, which nothing here reads. */
  readonly isBinary: boolean;
  /** Any text is valid. */
  readonly isAnyText: boolean;
  /** How long a file may be, in bytes. */
  readonly sizes: { readonly min: number; readonly max: number };
  /** Of a declared property; undefined for any other name. */
  readonly propertyOf: (name: string) => FormShape | undefined;
  /** Of properties that are not declared. */
  readonly additional: () => FormShape;
  /** Of the items of a list. */
  readonly items: () => FormShape;
};

/** The shape of a value that has to match `schemas`, or some of them. */
export function toFormShape(document: OpenApiDocument, schemas: readonly unknown[]): FormShape {
  const parts = schemas.flatMap((schema) => partsOf(document, schema));
  const shapes = new Map<string, FormShape | undefined>();
  const shapeOf = (keyword: string) => toFormShape(document, pick(parts, keyword));
  const propertyOf = (name: string) => {
    const found = parts.flatMap(({ properties }) => ownProperty(properties, name));
    return found.length === 0 ? undefined : toFormShape(document, found);
  };
  return {
    types: typesOf(parts),
    isBinary: parts.some(isBinary),
    isAnyText: parts.length === 1 && parts.every(isAnyText),
    sizes: {
      min: Math.max(0, ...numbers(parts, "minLength")),
      max: Math.min(Number.POSITIVE_INFINITY, ...numbers(parts, "maxLength")),
    },
    propertyOf: (name) => {
      if (!shapes.has(name) && shapes.size < MOST_KEPT) shapes.set(name, propertyOf(name));
      return shapes.get(name) ?? propertyOf(name);
    },
    additional: () => shapeOf("additionalProperties"),
    items: () => shapeOf("items"),
  };
}

/** Names come from callers. */
const MOST_KEPT = 1_000;

const COMBINING = ["allOf", "anyOf", "oneOf"] as const;

/** `schema`, and what it refers to and combines. */
function partsOf(document: OpenApiDocument, schema: unknown, seen = new Set<unknown>()): readonly JsonObject[] {
  if (!isRecord(schema) || seen.has(schema)) return [];
  seen.add(schema);
  const { $ref } = schema;
  const target = typeof $ref === "string" && $ref.startsWith("#/") ? document.findAt(parsePointer($ref)) : undefined;
  const inner = [target, ...COMBINING.flatMap((keyword) => asList(schema[keyword]))];
  return [schema, ...inner.flatMap((one) => partsOf(document, one, seen))];
}

function ownProperty(properties: unknown, name: string): readonly unknown[] {
  const all = asRecord(properties);
  return Object.hasOwn(all, name) ? [all[name]] : [];
}

function pick(parts: readonly JsonObject[], keyword: string): readonly unknown[] {
  return parts.map((part) => part[keyword]).filter((one) => one !== undefined);
}

function numbers(parts: readonly JsonObject[], keyword: string): readonly number[] {
  return pick(parts, keyword).filter((one) => typeof one === "number");
}

function typesOf(parts: readonly JsonObject[]): ReadonlySet<string> {
  const written = pick(parts, "type").flat().map(String);
  if (written.length > 0) return new Set(written);
  const values = [...pick(parts, "enum").flatMap(asList), ...pick(parts, "const")];
  if (values.length > 0) return new Set(values.map(typeOf));
  if (parts.some(({ properties }) => properties !== undefined)) return new Set(["object"]);
  return new Set(parts.some(({ items }) => items !== undefined) ? ["array"] : []);
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
