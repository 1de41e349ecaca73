import { asList, asRecord } from "../../document/json.ts";
import { admits, collect, every, Seen, violated } from "./evaluation.ts";
import { OBJECT_KEYWORDS } from "./object-keywords.ts";
import type { Keyword } from "./subschema.ts";
import { isObject } from "./values.ts";

/** JSON Schema Core 2020-12 §8.2.3 and §10.2. */
export const COMBINING_KEYWORDS: Readonly<Record<string, Keyword>> = {
  $ref: (reference, _, { compileReference }) => compileReference(reference).evaluate,
  $dynamicRef: (reference, _, { compileDynamicReference }) => compileDynamicReference(reference),
  allOf: (schemas, _, { compile }) => {
    const parts = asList(schemas).map((schema) => compile(schema));
    return (one, seen) => every(parts, one.run, ({ evaluate }) => evaluate(one, seen));
  },
  anyOf: (schemas, _, { compile }) => {
    const parts = asList(schemas).map((schema) => compile(schema));
    return (one, seen) => {
      let isValid = false;
      for (const { evaluate } of parts) {
        isValid = admits(evaluate, one, seen) || isValid;
        // What further alternatives evaluate may matter.
        if (isValid && seen === undefined) break;
      }
      if (isValid) return true;
      collect(parts, one);
      return violated(one, "must match a schema in anyOf");
    };
  },
  oneOf: (schemas, _, { compile }) => {
    const parts = asList(schemas).map((schema) => compile(schema));
    return (one, seen) => {
      const matching = parts.filter(({ evaluate }) => admits(evaluate, one, seen));
      if (matching.length === 1) return true;
      if (matching.length === 0) collect(parts, one);
      return violated(one, "must match exactly one schema in oneOf");
    };
  },
  not: (schema, _, { compile }) => {
    const { evaluate } = compile(schema);
    return (one) => !admits(evaluate, one, undefined) || violated(one, "must NOT be valid");
  },
  if: (schema, { then: consequence, else: alternative }, { compile }) => {
    const [condition, yes, no] = [schema, consequence ?? true, alternative ?? true].map((part) => compile(part));
    return (one, seen) => {
      const inside = seen && new Seen();
      const isMet = condition !== undefined && admits(condition.evaluate, one, inside);
      if (isMet && inside !== undefined) seen?.add(inside);
      return (isMet ? yes : no)?.evaluate(one, seen) ?? true;
    };
  },
  dependentSchemas: (schemas, _, { compile }) => {
    const rows = Object.entries(asRecord(schemas)).map(([name, schema]) => [name, compile(schema)] as const);
    return (one, seen) => {
      const { value, run } = one;
      if (!isObject(value)) return true;
      return every(rows, run, ([name, { evaluate }]) => !Object.hasOwn(value, name) || evaluate(one, seen));
    };
  },
  // From draft 7; later versions have two keywords for it.
  dependencies: (dependencies, schema, compiler) => {
    const rows = Object.entries(asRecord(dependencies));
    const lists = Object.fromEntries(rows.filter(([, one]) => Array.isArray(one)));
    const schemas = Object.fromEntries(rows.filter(([, one]) => !Array.isArray(one)));
    const names = OBJECT_KEYWORDS["dependentRequired"]?.(lists, schema, compiler);
    const parts = COMBINING_KEYWORDS["dependentSchemas"]?.(schemas, schema, compiler);
    return (one, seen) => every([names, parts], one.run, (check) => check?.(one, seen) ?? true);
  },
};
