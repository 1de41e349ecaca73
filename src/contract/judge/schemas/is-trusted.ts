import { asList, asRecord, type JsonObject } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";
import { contains } from "./contains.ts";
import { appliesToItself } from "./in-place.ts";
import { evaluatesRepeatedly } from "./repeats.ts";

/**
 * Does Ajv read `schema`, and everything that it refers to, as JSON Schema 2020-12 says? It would admit invalid values
 * where it does not: test/json-schema/suite.json-schema.ts.
 */
export function isTrusted(document: OpenApiDocument, schema: unknown): boolean {
  const some = (matches: (one: JsonObject) => boolean) => contains(document, schema, matches);
  if (some((one) => MISREAD.some((isMisread) => isMisread(one)))) return false;
  // Its functions would call one another without end.
  if (some((one) => appliesToItself(document, one))) return false;
  // They would take hours for a few levels of a value.
  if (evaluatesRepeatedly(document, schema)) return false;
  return !some(isClosedByOthers) || !some((one) => ALTERNATIVES.some((word) => one[word] !== undefined));
}

const MISREAD: readonly ((schema: JsonObject) => boolean)[] = [
  // It looks for required names in what all objects inherit.
  ({ required }) => asList(required).some(isInherited),
  ({ properties }) => Object.keys(asRecord(properties)).some(isInherited),
  ({ dependentRequired }) => Object.values(asRecord(dependentRequired)).flatMap(asList).some(isInherited),
  ({ dependentRequired }) => Object.keys(asRecord(dependentRequired)).some(isInherited),
  ({ dependentSchemas }) => Object.keys(asRecord(dependentSchemas)).some(isInherited),
  // It divides doubles.
  ({ multipleOf }) => multipleOf !== undefined && !Number.isSafeInteger(multipleOf),
];

function isInherited(name: unknown): boolean {
  return typeof name === "string" && name in Object.prototype;
}

function isClosedByOthers({ unevaluatedItems, unevaluatedProperties }: JsonObject): boolean {
  return unevaluatedItems !== undefined || unevaluatedProperties !== undefined;
}

/** Keywords of which Ajv does not always know what they evaluated. */
const ALTERNATIVES = ["anyOf", "oneOf", "not", "if", "contains", "dependentSchemas"];
