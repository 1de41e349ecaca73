import { parseStrictJson } from "../../../lib/json/strict-json.ts";

/** The value of a JSON text, wrapped; undefined if the text would be refused in a body. @param encoding of the text. */
export function parseJsonText(text: string, encoding: "utf8" | "latin1"): { readonly value: unknown } | undefined {
  const outcome = parseStrictJson(Buffer.from(text, encoding));
  return outcome.kind === "parsed" ? outcome : undefined;
}

/**
 * Does a text keep its meaning when it is read as JSON? The validator reads it so where an object may be, and so changes
 * `1.0` to 1. A broken text stays as it is.
 */
export function isSameAsJson(text: string): boolean {
  const outcome = parseJsonText(text, "utf8");
  if (outcome === undefined) return !/^[\s"{[]/.test(text);
  return typeof outcome.value === "boolean" || (typeof outcome.value === "number" && String(outcome.value) === text);
}
