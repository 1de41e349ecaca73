import type { Pointer } from "./finding.ts";
import { isRecord, type JsonObject } from "./json.ts";

/** A value to put somewhere, and where. */
export type Replacement = readonly [Pointer, unknown];

/** `document` with other values at some pointers, none inside another. Only what contains them is copied. */
export function replaced(document: JsonObject, replacements: readonly Replacement[]): JsonObject {
  const result = replacedIn(document, replacements);
  return isRecord(result) ? result : document;
}

function replacedIn(value: unknown, replacements: readonly Replacement[]): unknown {
  const [first] = replacements;
  if (first === undefined) return value;
  if (first[0].length === 0) return first[1];
  const byStep = Map.groupBy(replacements, ([[step]]) => String(step));
  const below = (child: unknown, step: string) =>
    replacedIn(
      child,
      (byStep.get(step) ?? []).map(([[, ...rest], one]) => [rest, one]),
    );
  if (Array.isArray(value)) return value.map((item, index) => below(item, String(index)));
  if (!isRecord(value)) return value;
  return { ...value, ...Object.fromEntries([...byStep.keys()].map((step) => [step, below(value[step], step)])) };
}
