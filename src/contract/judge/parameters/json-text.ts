import { type JsonViolation, MAX_DEPTH, parseStrictJson } from "../../../lib/json/strict-json.ts";
import { mayLoseDigits, parseExactJson } from "../exact/numbers/exact-json.ts";
import { Unreadable } from "./split.ts";

/**
 * The value of a parameter in JSON. What would be refused in a body is refused here too, because the text itself is
 * forwarded.
 */
export function readJsonText(text: string, encoding: "utf8" | "latin1"): unknown {
  const bytes = Buffer.from(text, encoding);
  const outcome = parseStrictJson(bytes, "in-names");
  if (outcome.kind !== "parsed") return REFUSED[outcome.violation];
  return mayLoseDigits(bytes) ? parseExactJson(bytes.toString("utf8")) : outcome.value;
}

export const NOT_JSON = new Unreadable("must be JSON");

const REFUSED: Readonly<Record<JsonViolation, Unreadable>> = {
  encoding: new Unreadable("must be JSON in UTF-8"),
  syntax: NOT_JSON,
  "duplicate-name": new Unreadable("must not have the same name twice in an object"),
  "name-characters": new Unreadable("must not contain U+0000 or half of a surrogate pair in a name"),
  characters: new Unreadable("must not contain U+0000 or half of a surrogate pair"),
  depth: new Unreadable(`must have at most ${MAX_DEPTH} levels of objects and arrays`),
};
