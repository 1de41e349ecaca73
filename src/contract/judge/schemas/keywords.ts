type Holds = "one" | "list" | "map";

/** The keywords of JSON Schema 2020-12 that contain schemas: one, a list of them, or a map of them by name. */
export const SUBSCHEMAS: ReadonlyMap<string, Holds> = new Map([
  ...toRows("one", ["items", "additionalProperties", "unevaluatedItems", "unevaluatedProperties", "contains"]),
  ...toRows("one", ["not", "if", "then", "else", "propertyNames"]),
  ...toRows("list", ["allOf", "anyOf", "oneOf", "prefixItems"]),
  ...toRows("map", ["properties", "patternProperties", "dependentSchemas", "dependencies"]),
]);

/**
 * Keywords that change nothing for a value. What `$defs` contains is found by its pointer; a discriminator is a hint
 * (OpenAPI 3.1.1 §4.8.25), and that of a body is read in `bodies/discriminator.ts`.
 */
export const ANNOTATIONS: ReadonlySet<string> = new Set([
  ...["title", "description", "example", "examples", "deprecated", "externalDocs", "xml", "discriminator"],
  ...["readOnly", "writeOnly", "$comment", "$schema", "$defs", "definitions"],
]);

/** Keywords that give `$ref` another meaning than a pointer into this document. */
export const UNSUPPORTED: ReadonlySet<string> = new Set(["$id", "$dynamicRef", "$dynamicAnchor", "$recursiveRef"]);

/** Below these keywords a schema may fail, and the whole may match all the same. */
export const ALTERNATIVES = ["oneOf", "anyOf", "not", "if", "contains"] as const;

function toRows(holds: Holds, names: readonly string[]): readonly (readonly [string, Holds])[] {
  return names.map((name) => [name, holds] as const);
}
