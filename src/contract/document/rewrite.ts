import type { Pointer } from "./finding.ts";
import { asRecord, isRecord, type JsonObject } from "./json.ts";
import { HOLDS_ANYTHING, isNamesBelow } from "./walk.ts";

/** Returns what replaces the object `node` at `pointer`, which changes after the call; `node` itself to keep it. */
export type Rewrite = (node: JsonObject, pointer: Pointer) => JsonObject;

/**
 * `document` with each object rewritten, except maps whose keys authors choose, and examples. What is not changed is not
 * copied.
 */
export function rewritten(document: JsonObject, rewrite: Rewrite): JsonObject {
  const pointer: (string | number)[] = [];
  const walkChild = (step: string | number, child: unknown, isNames: boolean): unknown => {
    if (typeof child !== "object" || child === null) return child;
    pointer.push(step);
    const result = walk(child, isNamesBelow(isNames, step));
    pointer.pop();
    return result;
  };
  const walk = (value: object, isNames: boolean): unknown => {
    if (Array.isArray(value)) {
      const items = value.map((item, index) => walkChild(index, item, isNames));
      return items.some((item, index) => item !== value[index]) ? items : value;
    }
    if (!isRecord(value)) return value;
    const node = isNames ? value : rewrite(value, pointer);
    const changed: [string, unknown][] = [];
    for (const name of Object.keys(node)) {
      if (!isNames && HOLDS_ANYTHING.has(name)) continue;
      const child = walkChild(name, node[name], isNames);
      if (child !== node[name]) changed.push([name, child]);
    }
    return changed.length === 0 ? node : { ...node, ...Object.fromEntries(changed) };
  };
  return asRecord(walk(document, false));
}
