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

  const add = (schema: unknown, value: unknown) => {
    if (typeof value !== "object" || value === null || !hasDefaults(schema)) return;
    for (const part of partsOf(schema, value)) {
      if (Array.isArray(value)) addToItems(part, value);
      else addToProperties(part, value as Record<string, unknown>);
    }
  };
  /** `schema`, and all others that apply to `value`. */
  const partsOf = (schema: unknown, value: unknown, seen = new Set<unknown>()): readonly JsonObject[] => {
    if (!isRecord(schema) || seen.has(schema)) return [];
    seen.add(schema);
    const matches = (one: unknown) => evaluator.of(one).isValid(value);
    const alternatives = ["anyOf", "oneOf"].flatMap((word) => asList(schema[word]).filter(matches));
    const branch = schema["if"] === undefined ? [] : [matches(schema["if"]) ? schema["then"] : schema["else"]];
    const parts = [targetOf(document, schema), ...asList(schema["allOf"]), ...alternatives, ...branch];
    return [schema, ...parts.flatMap((part) => partsOf(part, value, seen))];
  };
  const addToItems = ({ prefixItems, items }: JsonObject, value: readonly unknown[]) => {
    const first = asList(prefixItems);
    for (const [index, item] of value.entries()) add(first[index] ?? items, item);
  };
  const addToProperties = ({ properties, additionalProperties }: JsonObject, value: Record<string, unknown>) => {
    const declared = asRecord(properties);
    for (const [name, schema] of Object.entries(declared)) {
      const fallback = defaultOf(document, schema);
      if (fallback === undefined || Object.hasOwn(value, name) || name === "__proto__") continue;
      if (evaluator.of(schema).isValid(fallback) && !isAbsent(document, schema, "readOnly"))
        value[name] = copyJson(fallback);
    }
    for (const [name, one] of Object.entries(value))
      add(Object.hasOwn(declared, name) ? declared[name] : additionalProperties, one);
  };
  return (place, value) => add(document.findAt(place), value);
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
