import { copyJson } from "../../../lib/json/copy-json.ts";
import type { Pointer } from "../../document/finding.ts";
import { asList, asRecord, isRecord, type JsonObject, parsePointer } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";
import { isAbsent } from "./absent-names.ts";
import type { Evaluator } from "./evaluator.ts";

/** Adds the defaults of absent properties to a valid value, in place. */
export type AddDefaults = (place: Pointer, value: unknown) => void;

/**
 * Defaults say what an absent property means, and never make a value valid or invalid: so they are added afterwards, and
 * only where they match their own schema. Of alternatives, those that match count.
 */
export function createAddDefaults(document: OpenApiDocument, evaluator: Evaluator): AddDefaults {
  const hasDefaults = createHasDefaults(document);
  const partsOf = createPartsOf(document, evaluator);
  const planOf = perObject((part) => toPlan(document, evaluator, part, hasDefaults));

  const add = (schema: unknown, value: unknown, done: Done) => {
    if (typeof value !== "object" || value === null || !hasDefaults(schema)) return;
    const schemas = done.get(value) ?? new Set();
    if (schemas.has(schema)) return;
    done.set(value, schemas.add(schema));
    for (const part of partsOf(schema, value)) {
      if (Array.isArray(value)) addToItems(part, value, done);
      else addToProperties(planOf(part), value as Record<string, unknown>, done);
    }
  };
  const addToItems = ({ prefixItems, items }: JsonObject, value: readonly unknown[], done: Done) => {
    const first = asList(prefixItems);
    for (const [index, item] of value.entries()) add(first[index] ?? items, item, done);
  };
  const addToProperties = (plan: Plan, value: Record<string, unknown>, done: Done) => {
    const { fallbacks, inner, declared, others } = plan;
    for (const [name, fallback] of fallbacks) if (!Object.hasOwn(value, name)) value[name] = copyJson(fallback);
    for (const [name, schema] of inner) if (Object.hasOwn(value, name)) add(schema, value[name], done);
    if (others === undefined) return;
    for (const [name, one] of Object.entries(value)) if (!declared.has(name)) add(others, one, done);
  };
  return (place, value) => add(document.findAt(place), value, new Map());
}

/** The schemas whose defaults a value has: several alternatives may lead to one. */
type Done = Map<object, Set<unknown>>;

/** What the properties of a schema mean for any value; a body may have a hundred thousand objects. */
type Plan = {
  readonly fallbacks: readonly (readonly [string, unknown])[];
  /** The properties that have defaults inside. */
  readonly inner: readonly (readonly [string, unknown])[];
  readonly declared: ReadonlySet<string>;
  /** The schema of all other properties, if it has defaults. */
  readonly others: unknown;
};

function toPlan(
  document: OpenApiDocument,
  evaluator: Evaluator,
  { properties, additionalProperties }: JsonObject,
  hasDefaults: (schema: unknown) => boolean,
): Plan {
  const entries = Object.entries(asRecord(properties));
  const fallbacks = entries.flatMap(([name, schema]) => {
    const fallback = defaultOf(document, schema);
    if (fallback === undefined || name === "__proto__" || isAbsent(document, schema, "readOnly")) return [];
    return evaluator.of(schema).isValid(fallback) ? [[name, fallback] as const] : [];
  });
  return {
    fallbacks,
    inner: entries.filter(([, schema]) => hasDefaults(schema)),
    declared: new Set(entries.map(([name]) => name)),
    others: hasDefaults(additionalProperties) ? additionalProperties : undefined,
  };
}

/** Finds the schemas that apply to a value: a schema, and those that it refers to or combines. */
function createPartsOf(document: OpenApiDocument, evaluator: Evaluator) {
  const isFixed = perObject((schema) => !ALTERNATIVES.some((word) => schema[word] !== undefined));
  const fixedParts = perObject((schema): readonly unknown[] => {
    const target = targetOf(document, schema);
    return [...(target === undefined ? [] : [target]), ...asList(schema["allOf"])];
  });
  const collect = (schema: unknown, value: unknown, seen: Set<unknown>): JsonObject[] => {
    if (!isRecord(schema) || seen.has(schema)) return [];
    seen.add(schema);
    const parts = isFixed(schema) ? fixedParts(schema) : [...fixedParts(schema), ...matchingParts(schema, value)];
    return [schema, ...parts.flatMap((part) => collect(part, value, seen))];
  };
  const matchingParts = (schema: JsonObject, value: unknown): readonly unknown[] => {
    const matches = (one: unknown) => evaluator.of(one).isValid(value);
    const branch = schema["if"] === undefined ? [] : [matches(schema["if"]) ? schema["then"] : schema["else"]];
    return [...["anyOf", "oneOf"].flatMap((word) => asList(schema[word]).filter(matches)), ...branch];
  };
  return (schema: unknown, value: unknown) => collect(schema, value, new Set());
}

const ALTERNATIVES = ["anyOf", "oneOf", "if"] as const;

/** Computes something about an object once. */
function perObject<T>(compute: (object: JsonObject) => T): (object: JsonObject) => T {
  const known = new WeakMap<JsonObject, T>();
  return (object) => {
    const found = known.get(object);
    if (found !== undefined) return found;
    const computed = compute(object);
    known.set(object, computed);
    return computed;
  };
}

/** The default of a schema, or of what it refers to. */
function defaultOf(document: OpenApiDocument, schema: unknown): unknown {
  return document.resolve(schema)?.["default"];
}

function targetOf(document: OpenApiDocument, { $ref }: JsonObject): unknown {
  return typeof $ref === "string" && $ref.startsWith("#/") ? document.findAt(parsePointer($ref)) : undefined;
}

/** Does a schema, or anything that it refers to, have a default? Most have none. */
function createHasDefaults(document: OpenApiDocument): (schema: unknown) => boolean {
  const known = new WeakMap<object, boolean>();
  const find = (node: unknown, seen: Set<unknown>): boolean => {
    if (typeof node !== "object" || node === null || seen.has(node)) return false;
    seen.add(node);
    if (isRecord(node) && node["default"] !== undefined) return true;
    const target = isRecord(node) ? targetOf(document, node) : undefined;
    return [target, ...Object.values(node)].some((one) => find(one, seen));
  };
  return (schema) => {
    if (typeof schema !== "object" || schema === null) return false;
    const has = known.get(schema) ?? find(schema, new Set());
    known.set(schema, has);
    return has;
  };
}
