import type { Pointer } from "./finding.ts";
import { asRecord, isRecord, type JsonObject } from "./json.ts";
import { HOLDS_ANYTHING, isNamedByAuthor } from "./walk.ts";

/** Returns what replaces the object `node` at `pointer`. */
export type Rewrite = (node: JsonObject, pointer: Pointer) => JsonObject;

/** A copy of `document` with each object rewritten, except maps whose keys authors choose, and examples. */
export function rewritten(document: JsonObject, rewrite: Rewrite): JsonObject {
  const walk = (value: unknown, pointer: Pointer): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...pointer, index]));
    if (!isRecord(value)) return value;
    const isNames = isNamedByAuthor(pointer);
    const node = isNames ? value : rewrite(value, pointer);
    return Object.fromEntries(
      Object.entries(node).map(([name, child]) => [
        name,
        !isNames && HOLDS_ANYTHING.includes(name) ? child : walk(child, [...pointer, name]),
      ]),
    );
  };
  return asRecord(walk(document, []));
}
