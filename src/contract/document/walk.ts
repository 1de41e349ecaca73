import type { Pointer } from "./finding.ts";
import { isRecord, type JsonObject } from "./json.ts";

// Authors choose the keys of these maps, so `nullable` in one is a name and not the keyword.
const NAMED_BY_AUTHOR: ReadonlySet<unknown> = new Set([
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
]);

/** Is this a map whose keys authors choose, such as `properties`? */
export function isNamedByAuthor(pointer: Pointer): boolean {
  // A property may itself be called "properties"; its value is a schema again.
  return pointer.reduce<boolean>(isNamesBelow, false);
}

/** Is the child `name` such a map? @param isNames is the value around it one? */
export function isNamesBelow(isNames: boolean, name: string | number): boolean {
  return !isNames && NAMED_BY_AUTHOR.has(name);
}

/** The keywords whose values may contain anything. */
export const HOLDS_ANYTHING: ReadonlySet<string> = new Set(["example", "examples", "default", "enum", "const"]);

/**
 * Visits every object of `document`, except those in examples, which may contain anything.
 * @param visit gets a pointer that changes after the call.
 */
export function eachNode(document: JsonObject, visit: (pointer: Pointer, node: JsonObject) => void) {
  const pointer: (string | number)[] = [];
  const walkChild = (step: string | number, child: unknown, isNames: boolean) => {
    if (typeof child !== "object" || child === null) return;
    pointer.push(step);
    walk(child, isNamesBelow(isNames, step));
    pointer.pop();
  };
  const walk = (value: object, isNames: boolean) => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) walkChild(index, item, isNames);
    if (!isRecord(value)) return;
    visit(pointer, value);
    for (const name of Object.keys(value)) {
      const holdsAnything = !isNames && HOLDS_ANYTHING.has(name);
      if (!holdsAnything) walkChild(name, value[name], isNames);
    }
  };
  walk(document, false);
}
