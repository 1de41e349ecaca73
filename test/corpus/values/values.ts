import { asList, isRecord, type JsonObject } from "../../../src/contract/document/json.ts";
import { type Dialect, isReadOnly, typesOf } from "./dialect.ts";
import { type Flat, flatten } from "./flatten.ts";
import type { Random } from "./random.ts";
import { NotSupported, violationsOf } from "./schema-check.ts";
import { textOf } from "./texts.ts";

/** How much of what is optional a value has. */
export type Extent = "required" | "some" | "all";

export type ValueOptions = { readonly random: Random; readonly extent: Extent };

const TRIES = 25;

/**
 * A value of a schema as a request may have it, checked by `violationsOf`.
 * @returns undefined when no valid one was found.
 */
export function generateValue(dialect: Dialect, schema: unknown, options: ValueOptions): unknown {
  for (let tried = 0; tried < TRIES; tried++) {
    // What is optional is left out at last: it may be what makes the value invalid.
    const extent = tried > TRIES / 2 ? "required" : options.extent;
    const value = attempt(() => build(dialect, schema, { ...options, extent }, 0));
    if (value !== undefined && isValid(dialect, schema, value)) return value;
  }
  return undefined;
}

/** Is `value` what `schema` allows in a request? False also where that is not known. */
export function isValid(dialect: Dialect, schema: unknown, value: unknown): boolean {
  return attempt(() => violationsOf(dialect, schema, value).length === 0) ?? false;
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    // Schemas that refer to themselves without end.
    if (error instanceof NotSupported || error instanceof RangeError) return undefined;
    throw error;
  }
}

function build(dialect: Dialect, schema: unknown, options: ValueOptions, depth: number): unknown {
  if (depth > 14) throw new NotSupported("a value this deep");
  const flat = flatten(dialect, schema, options.random);
  const { keywords, example } = flat;
  if (keywords["const"] !== undefined) return keywords["const"];
  const values = asList(keywords["enum"]);
  if (values.length > 0) return options.random.pick(values);
  if (example !== undefined && options.random.chance(0.4) && isValid(dialect, schema, example)) return example;
  switch (typeOf(flat, options.random)) {
    case "null":
      return null;
    case "boolean":
      return options.random.chance(0.5);
    case "integer":
    case "number":
      return numberOf(flat, options.random);
    case "array":
      return listOf(dialect, flat, options, depth);
    case "object":
      return objectOf(dialect, flat, options, depth);
    default:
      return textOf(keywords, options.random) ?? example;
  }
}

function typeOf({ keywords, properties, items }: Flat, random: Random): string {
  const types = typesOf(keywords);
  const usual = types.filter((type) => type !== "null");
  if (types.length > usual.length && random.chance(0.1)) return "null";
  if (usual.length > 0) return random.pick(usual);
  if (types.length > 0) return "null";
  if (properties.size > 0 || keywords["additionalProperties"] !== undefined) return "object";
  if (items.length > 0) return "array";
  return keywords["minimum"] === undefined && keywords["maximum"] === undefined ? "string" : "integer";
}

function numberOf({ keywords }: Flat, random: Random): number {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, type, format } = keywords;
  const step = typeof multipleOf === "number" ? multipleOf : 1;
  const least = lowest(minimum, exclusiveMinimum, step);
  const most = Number(maximum ?? (typeof exclusiveMaximum === "number" ? exclusiveMaximum - step : least + 100 * step));
  const first = Math.ceil(least / step);
  const last = Math.max(first, Math.floor(most / step));
  const whole = random.pick([first, last, random.integer(first, Math.min(last, first + 1000))]) * step;
  // A fraction only where it certainly fits.
  const hasRoom =
    multipleOf === undefined && whole + 0.5 <= most && [type].flat().includes("number") && !/^int/.test(String(format));
  if (hasRoom && random.chance(0.3)) return whole + 0.5;
  return Number.isSafeInteger(whole) ? whole : Math.min(Math.max(least, 0), most);
}

function lowest(minimum: unknown, exclusiveMinimum: unknown, step: number): number {
  if (typeof minimum === "number") return minimum;
  return typeof exclusiveMinimum === "number" ? exclusiveMinimum + step : 0;
}

function listOf(dialect: Dialect, { keywords, items }: Flat, options: ValueOptions, depth: number): unknown[] {
  const { minItems = 0, maxItems = Number.MAX_SAFE_INTEGER, uniqueItems } = keywords;
  const least = Number(minItems);
  if (least > 200) throw new NotSupported("a list this long");
  const wish = depth > 5 || options.extent === "required" ? least : Math.max(least, options.random.integer(1, 3));
  const most = Math.min(wish, Number(maxItems));
  const schema = items.length > 1 ? { allOf: items } : items[0];
  const prefix = asList(keywords["prefixItems"]);
  const made: unknown[] = [];
  for (let index = 0; index < most; index++) {
    const one = build(dialect, prefix[index] ?? schema, options, depth + 1);
    const isRepeated = uniqueItems === true && made.some((other) => JSON.stringify(other) === JSON.stringify(one));
    if (!isRepeated) made.push(one);
  }
  return made;
}

function objectOf(dialect: Dialect, flat: Flat, options: ValueOptions, depth: number): JsonObject {
  const { keywords, properties, required, named } = flat;
  const { maxProperties = Number.MAX_SAFE_INTEGER, minProperties = 0, additionalProperties } = keywords;
  const made: Record<string, unknown> = {};
  for (const [name, schemas] of properties) {
    if (isFull(made, required, Number(maxProperties)) && !required.has(name)) continue;
    if (!isWanted(name, flat, options, depth) || schemas.some((one) => isReadOnly(dialect, one))) continue;
    const value = named.get(name) ?? build(dialect, joined(schemas), options, depth + 1);
    if (value !== undefined) Object.defineProperty(made, name, { value, enumerable: true });
  }
  for (const name of required) {
    if (properties.has(name)) continue;
    made[name] = named.get(name) ?? build(dialect, surplusSchema(additionalProperties), options, depth + 1);
  }
  const wanted = options.extent === "all" && isRecord(additionalProperties) && depth < 5 ? 1 : 0;
  const count = Math.max(Number(minProperties) - Object.keys(made).length, wanted);
  for (let index = 0; index < count && additionalProperties !== false && index < 50; index++) {
    made[`key${index}`] = build(dialect, surplusSchema(additionalProperties), options, depth + 1);
  }
  return made;
}

function isFull(made: object, required: ReadonlySet<string>, maxProperties: number): boolean {
  const open = [...required].filter((name) => !Object.hasOwn(made, name)).length;
  return Object.keys(made).length + open >= maxProperties;
}

function isWanted(name: string, { required, named }: Flat, { extent, random }: ValueOptions, depth: number): boolean {
  if (required.has(name) || named.has(name)) return true;
  // Deeper, only what must be: otherwise schemas that refer to each other make values of megabytes.
  const share = depth > 4 ? 0 : depth > 2 ? 0.3 : 1;
  if (extent === "required") return false;
  return random.chance((extent === "all" ? 1 : 0.4) * share);
}

function joined(schemas: readonly unknown[]): unknown {
  return schemas.length > 1 ? { allOf: schemas } : schemas[0];
}

function surplusSchema(additionalProperties: unknown): unknown {
  return isRecord(additionalProperties) ? additionalProperties : { type: "string" };
}
