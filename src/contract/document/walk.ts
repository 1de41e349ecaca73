import type { Pointer } from "./finding.ts";
import { isRecord, type JsonObject } from "./json.ts";

// Authors choose the keys of these maps, so `nullable` in one is a name and not the keyword.
const NAMED_BY_AUTHOR = [
  "properties",
  "patternProperties",
  "dependentSchemas",
  "schemas",
  "parameters",
  "headers",
  "requestBodies",
  "responses",
  "securitySchemes",
  "pathItems",
  "callbacks",
  "links",
  "mapping",
  "variables",
  "scopes",
  "examples",
  "x-scopes",
];

/** Is this a map whose keys authors choose, such as `properties`? */
export function isNamedByAuthor(pointer: Pointer): boolean {
  // A property may itself be called "properties"; its value is a schema again.
  return NAMED_BY_AUTHOR.includes(String(pointer.at(-1))) && !isNamedByAuthor(pointer.slice(0, -1));
}

/** The keywords whose values may contain anything. */
export const HOLDS_ANYTHING: readonly string[] = ["example", "examples", "default", "enum", "const"];

/** Visits every object of `document`, except those in examples, which may contain anything. */
export function eachNode(document: JsonObject, visit: (pointer: Pointer, node: JsonObject) => void) {
  const walk = (pointer: Pointer, value: unknown) => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) walk([...pointer, index], item);
    if (!isRecord(value)) return;
    visit(pointer, value);
    for (const [name, child] of Object.entries(value)) {
      const holdsAnything = HOLDS_ANYTHING.includes(name) && !isNamedByAuthor(pointer);
      if (!holdsAnything) walk([...pointer, name], child);
    }
  };
  walk([], document);
}
