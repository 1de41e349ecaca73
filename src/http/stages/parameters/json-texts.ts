import type { JsonParameter } from "../../../contract/model/json-parameters.ts";
import { type JsonViolation, parseStrictJson } from "../../../lib/json/strict-json.ts";

/**
 * What is wrong with the text of a parameter that is read as JSON: what would be refused in a body is refused there too.
 * The validator parses it with `JSON.parse`, which is less strict, and the text itself is forwarded.
 */
export function jsonErrorIn({ in: place, isAlwaysJson }: JsonParameter, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  // Node shows the bytes of a header as characters. The validator joins several values with commas.
  const outcome = parseStrictJson(Buffer.from(String(value), place === "header" ? "latin1" : "utf8"));
  if (typeof value !== "string") return isAlwaysJson || outcome.kind === "parsed" ? SEVERAL : undefined;
  if (outcome.kind === "parsed" || (outcome.violation === "syntax" && !isAlwaysJson)) return undefined;
  return DETAILS[outcome.violation];
}

const SEVERAL = "must be one JSON text, sent once";

const DETAILS: Readonly<Record<JsonViolation, string>> = {
  encoding: "must be JSON in UTF-8",
  syntax: "must be JSON",
  "duplicate-name": "must not have the same name twice in an object",
  characters: "must not contain U+0000 or half of a surrogate pair",
  depth: "must have at most 32 levels of objects and arrays",
};
