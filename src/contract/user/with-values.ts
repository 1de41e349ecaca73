import type { Pointer } from "../document/finding.ts";
import { isRecord, type JsonObject } from "../document/json.ts";

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
