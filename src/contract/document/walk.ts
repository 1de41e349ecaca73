import type { Pointer } from "./finding.ts";
import { isRecord, type JsonObject } from "./json.ts";

// Under these names people choose the keys, so `nullable` there is a property and not the keyword.
const NAMED_BY_PEOPLE = [
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

export function isNamedByPeople(pointer: Pointer): boolean {
  // A property may itself be called "properties"; what is below that one is a schema again.
  return NAMED_BY_PEOPLE.includes(String(pointer.at(-1))) && !isNamedByPeople(pointer.slice(0, -1));
}

/** Visits every object of `document` but those inside examples, which may hold anything. */
export function eachNode(document: JsonObject, visit: (pointer: Pointer, node: JsonObject) => void) {
  const walk = (pointer: Pointer, value: unknown) => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) walk([...pointer, index], item);
    if (!isRecord(value)) return;
    visit(pointer, value);
    for (const [name, child] of Object.entries(value)) {
      const holdsAnything =
        ["example", "examples", "default", "const", "enum"].includes(name) && !isNamedByPeople(pointer);
      if (!holdsAnything) walk([...pointer, name], child);
    }
  };
  walk([], document);
}
