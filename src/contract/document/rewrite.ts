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

/** A copy of `document` with these values at these places. It shares everything else with the original. */
export function withValues(
  document: JsonObject,
  values: readonly (readonly [pointer: Pointer, value: unknown])[],
): JsonObject {
  const root: { [name: string]: unknown } = { ...document };
  /** The objects that belong to the copy alone. */
  const own = new WeakSet<object>([root]);
  for (const [pointer, value] of values) {
    let holder = root;
    for (const step of pointer.slice(0, -1)) holder = ownChild(holder, String(step), own);
    holder[String(pointer.at(-1))] = value;
  }
  return root;
}

function ownChild(holder: { [name: string]: unknown }, step: string, own: WeakSet<object>) {
  const child = holder[step];
  if (isRecord(child) && own.has(child)) return child as { [name: string]: unknown };
  // Arrays are not on the way to operations or schemes.
  const copy: { [name: string]: unknown } = isRecord(child) ? { ...child } : {};
  own.add(copy);
  holder[step] = copy;
  return copy;
}
