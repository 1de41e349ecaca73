import { asList, asRecord, isRecord, type JsonObject } from "../../../document/json.ts";
import type { OpenApiDocument } from "../../../document/openapi-document.ts";

/** What a schema says about the types of a value and of its parts, as far as texts are read by it. */
export type ValueShape = {
  /** In the order of the schema, without `null`. Empty when it says nothing; `unknown` when one alternative says nothing. */
  readonly types: ReadonlySet<string>;
  readonly isNullable: boolean;
  /** The names of its declared properties. */
  readonly properties: readonly string[];
  /** May it have properties that it does not declare? */
  readonly isOpen: boolean;
  readonly propertyAt: (name: string) => ValueShape;
  readonly itemAt: (index: number) => ValueShape;
  /** The values of `enum` and `const`; undefined when it allows others. */
  readonly values: readonly unknown[] | undefined;
};

const UNKNOWN = "unknown";
const MAX_DEPTH = 6;

/** The shape of anything: texts stay texts. */
export const ANYTHING: ValueShape = {
  types: new Set(),
  isNullable: false,
  properties: [],
  isOpen: true,
  propertyAt: () => ANYTHING,
  itemAt: () => ANYTHING,
  values: undefined,
};

/** Computes each shape once: a schema may refer to itself, and many parameters to the same schema. */
export function createShapes(document: OpenApiDocument): (schema: unknown) => ValueShape {
  const known = new WeakMap<object, ValueShape>();
  const shapeOf = (written: unknown): ValueShape => {
    const schema = document.resolve(written);
    if (schema === undefined) return ANYTHING;
    const found = known.get(schema) ?? toShape(document, schema, shapeOf);
    known.set(schema, found);
    return found;
  };
  return shapeOf;
}

function toShape(document: OpenApiDocument, schema: JsonObject, shapeOf: (schema: unknown) => ValueShape): ValueShape {
  const parts = partsOf(document, schema);
  const all = typesOf(document, schema);
  const types = new Set(all);
  types.delete("null");
  const properties = [...new Set(parts.flatMap(({ properties: own }) => Object.keys(asRecord(own))))];
  const lists = parts.flatMap(({ enum: own, const: one }) => (own ? [asList(own)] : one === undefined ? [] : [[one]]));
  return {
    types,
    isNullable: all.includes("null"),
    properties,
    isOpen: parts.every((one) => one["additionalProperties"] !== false && one["unevaluatedProperties"] !== false),
    propertyAt: (name) =>
      firstShape(
        parts.map((part) => propertyIn(part, name)),
        shapeOf,
      ),
    itemAt: (index) =>
      firstShape(
        parts.map((part) => itemIn(part, index)),
        shapeOf,
      ),
    values: lists.length === 0 ? undefined : lists.flat(),
  };
}

/** The schema and those that it combines; references may be circular. */
function partsOf(document: OpenApiDocument, schema: JsonObject, depth = 0): readonly JsonObject[] {
  if (depth > MAX_DEPTH) return [schema];
  return [schema, ...combinedIn(document, schema).flatMap((one) => partsOf(document, one, depth + 1))];
}

function combinedIn({ resolve }: OpenApiDocument, schema: JsonObject): readonly JsonObject[] {
  const lists = ["allOf", "anyOf", "oneOf"].flatMap((word) => asList(schema[word]));
  return [...lists, schema["then"], schema["else"]].map(resolve).filter((one) => one !== undefined);
}

function typesOf(document: OpenApiDocument, schema: JsonObject, depth = 0): readonly string[] {
  const own = ownTypes(schema);
  if (depth > MAX_DEPTH) return own;
  const alternatives = [...asList(schema["anyOf"]), ...asList(schema["oneOf"])];
  const inner = combinedIn(document, schema).flatMap((one) => {
    const types = typesOf(document, one, depth + 1);
    const isAlternative = alternatives.some((written) => document.resolve(written) === one);
    return types.length === 0 && own.length === 0 && isAlternative ? [UNKNOWN] : types;
  });
  return [...own, ...inner];
}

function ownTypes({ type, enum: values, const: value, properties, items }: JsonObject): readonly string[] {
  // A list of types with `string` in it keeps texts as they are.
  if (type !== undefined)
    return [type]
      .flat()
      .map(String)
      .toSorted((one) => (one === "string" ? -1 : 0));
  if (values !== undefined || value !== undefined) return [...asList(values ?? [value])].map(typeOf);
  if (properties !== undefined) return ["object"];
  return items !== undefined ? ["array"] : [];
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function propertyIn({ properties, patternProperties, additionalProperties }: JsonObject, name: string): unknown {
  const declared = asRecord(properties);
  if (Object.hasOwn(declared, name)) return declared[name];
  return patternProperties === undefined ? additionalProperties : undefined;
}

function itemIn({ prefixItems, items }: JsonObject, index: number): unknown {
  return asList(prefixItems)[index] ?? items;
}

/** The shape of what several parts say about the same place: of the first that names a type. */
function firstShape(schemas: readonly unknown[], shapeOf: (schema: unknown) => ValueShape): ValueShape {
  const shapes = schemas.filter(isRecord).map(shapeOf);
  return shapes.find(({ types }) => types.size > 0) ?? shapes[0] ?? ANYTHING;
}

/** May a value of this shape, written as a text, have a comma in it? */
export function mayContainComma({ types, values }: ValueShape): boolean {
  if (values !== undefined) return values.some((value) => String(value).includes(","));
  return types.size === 0 || [...types].some((type) => !["integer", "number", "boolean"].includes(type));
}
