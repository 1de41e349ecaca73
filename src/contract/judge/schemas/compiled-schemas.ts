import type { ValidateFunction } from "ajv/dist/2020.js";
import { once } from "../../../lib/async/once.ts";
import type { Pointer } from "../../document/finding.ts";
import type { JsonObject } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";
import { type AddDefaults, createAddDefaults } from "../exact/defaults.ts";
import { pathTo } from "../exact/evaluation.ts";
import { createEvaluator } from "../exact/evaluator.ts";
import { contains } from "./contains.ts";
import { isTrusted } from "./is-trusted.ts";
import { ALTERNATIVES } from "./keywords.ts";
import { NotCompiled } from "./not-compiled.ts";
import { requireTargets } from "./require-targets.ts";
import { perSchema, schemaPlaceOf } from "./schema-place.ts";
import { createSchemaSet, type SchemaSet } from "./schema-set.ts";
import { toSimpleCheck } from "./simple-check.ts";

/** True: the value certainly matches the schema. False: it does not, or only the validator can tell. */
export type CompiledCheck = (value: unknown) => boolean;

/** Returns the value as a handler gets it, or undefined when it may not match. It may change `value`. */
export type Convert = (value: unknown) => unknown;

/** How a value departs from a schema. */
export type Violation = {
  /** The part of the value that is wrong, as a JSON pointer: `/items/0`, or empty for all of it. */
  readonly path: string;
  /** Such as `must be integer`. */
  readonly detail: string;
};

/** Each schema is compiled when it is asked for. All functions throw NotCompiled, or an error of Ajv. */
export type CompiledSchemas = {
  /** For JSON of requests. */
  readonly ofRequest: (place: Pointer, beside?: JsonObject) => CompiledCheck;
  /** What is wrong with a value that `ofRequest` does not admit; undefined when nothing is. */
  readonly violationOf: (place: Pointer) => (value: unknown) => Violation | undefined;
  /** For JSON of responses, which must not contain anything that would be removed. */
  readonly ofReply: (place: Pointer) => CompiledCheck;
  /** Does the schema of a request, or anything that it refers to, have a default? */
  readonly hasDefaults: (place: Pointer) => boolean;
  /** Adds the defaults of absent properties to JSON of a request that is valid. */
  readonly addDefaults: AddDefaults;
};

export function createCompiledSchemas(document: OpenApiDocument): CompiledSchemas {
  const requests = once(() => createSchemaSet(document, { absent: "readOnly" }));
  const evaluator = once(() => createEvaluator(document, "readOnly"));
  const replies = once(() => createSchemaSet(document, { absent: "writeOnly" }));
  const simple = (place: Pointer) => toSimpleCheck(document, document.findAt(place));
  const addDefaults = once(() => createAddDefaults(document, evaluator()));
  /** Ajv is fast, but not always right: the evaluator has the last word. */
  const exactly = (schema: unknown, compile: () => CompiledCheck): CompiledCheck => {
    const exact = evaluator().of(schema).isValid;
    const fast = isTrusted(document, schema) ? attempt(compile) : undefined;
    if (fast !== undefined) return (value) => fast(value) || exact(value);
    requireTargets(document, schema);
    return exact;
  };
  const ofRequest = perSchema(
    document,
    (place) => simple(place) ?? exactly(document.findAt(place), () => compileWith(requests(), place)),
  );
  return {
    ofRequest: (place, beside) => {
      if (beside === undefined) return ofRequest(place);
      const all = { allOf: [document.findAt(place), beside] };
      return exactly(all, () => compileWith(requests(), schemaPlaceOf(document, place), beside));
    },
    violationOf: perSchema(document, (place) => (value) => {
      const [violation] = evaluator().at(place).violationsOf(value);
      return violation && { path: pathTo(violation.place), detail: violation.message };
    }),
    ofReply: perSchema(document, (place) => {
      const why = unclearReply(document, document.findAt(place));
      if (why !== undefined) throw new NotCompiled(why);
      return compileWith(replies(), place);
    }),
    hasDefaults: perSchema(document, (place) =>
      contains(document, document.findAt(place), (node) => node["default"] !== undefined),
    ),
    addDefaults: (place, value) => addDefaults()(place, value),
  };
}

/** Undefined where Ajv does not compile a schema. */
function attempt<T>(compile: () => T): T | undefined {
  try {
    return compile();
  } catch {
    return undefined;
  }
}

function compileWith(set: SchemaSet, place: Pointer, beside?: JsonObject): ValidateFunction {
  const schema = set.schemaAt(place);
  return set.compile(beside === undefined ? schema : { allOf: [schema, set.rewritten(beside)] });
}

/**
 * Why only the validator can tell what is left of a response. It removes undeclared and write-only properties even while
 * it tries an alternative that does not match in the end.
 */
function unclearReply(document: OpenApiDocument, schema: unknown): string | undefined {
  const some = (node: unknown, matches: (one: JsonObject) => boolean) => contains(document, node, matches);
  const alternatives: unknown[] = [];
  some(schema, (node) => {
    alternatives.push(...ALTERNATIVES.map((name) => node[name]).filter((one) => one !== undefined));
    return false;
  });
  if (alternatives.length === 0) return undefined;
  if (some(schema, (node) => node["writeOnly"] === true)) return "it has alternatives and write-only properties";
  const isMixed = alternatives.some((one) => some(one, isClosed) && some(one, isOpenObject));
  return isMixed ? "it has closed and open alternatives" : undefined;
}

function isClosed(node: JsonObject): boolean {
  return node["additionalProperties"] === false;
}

function isOpenObject(node: JsonObject): boolean {
  const isObject = [node["type"]].flat().includes("object") || node["properties"] !== undefined;
  return isObject && !isClosed(node) && node["unevaluatedProperties"] !== false;
}
