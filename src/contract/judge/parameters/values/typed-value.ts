import { isRecord } from "../../../document/json.ts";
import { isScalar, SCALARS } from "./scalars.ts";
import type { ValueShape } from "./value-shape.ts";

/** What a text becomes where the schema allows both a text and something else: the type it names first, or always one. */
export type Preference = "declared" | "text" | "other";

/** The texts in `value` as the types that `shape` names; a text that cannot be read so stays a text. */
export function toTyped(shape: ValueShape, value: unknown, preference: Preference): unknown {
  if (typeof value === "string") return typedText(shape, value, preference);
  if (Array.isArray(value)) return value.map((one, index) => toTyped(shape.itemAt(index), one, preference));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, toTyped(shape.propertyAt(name), one, preference)]),
  );
}

function typedText(shape: ValueShape, text: string, preference: Preference): unknown {
  const { types, isNullable } = shape;
  if (text === "" && isNullable && !types.has("string")) return null;
  if (types.size === 1 && types.has("array")) return [toTyped(shape.itemAt(0), text, preference)];
  const isText = types.has("string") || types.has("unknown");
  if (isText && preference === "text") return text;
  for (const type of types) {
    if (!isScalar(type)) continue;
    if (type === "string" && preference === "other") continue;
    const value = SCALARS[type](text);
    if (value !== undefined) return value;
  }
  return text;
}

/** Does `shape` or one of its parts allow both texts and something that is written like a text? */
export function isAmbiguous(shape: ValueShape, depth = 0): boolean {
  const { types, properties } = shape;
  if (types.size > 1 && (types.has("string") || types.has("unknown"))) return true;
  if (depth > MAX_DEPTH) return false;
  const parts = [
    ...(types.has("array") ? [shape.itemAt(0)] : []),
    ...(types.has("object") ? ["", ...properties].map(shape.propertyAt) : []),
  ];
  return parts.some((part) => isAmbiguous(part, depth + 1));
}

const MAX_DEPTH = 5;
