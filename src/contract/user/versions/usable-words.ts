import type { Pointer, Report } from "../../document/finding.ts";
import type { JsonObject } from "../../document/json.ts";
import { kindAt } from "../../document/object-kinds.ts";
import { rewritten } from "../../document/rewrite.ts";

/**
 * The document without keywords that mean nothing with their value, such as `pattern: 5`: the schema could not be compiled
 * with them. Reports each.
 */
export function withUsableWords(document: JsonObject, report: Report): JsonObject {
  return rewritten(document, (node, pointer) => toUsable(node, pointer, report));
}

/** The same for one object of a document. */
export function toUsable(node: JsonObject, pointer: Pointer, report: Report): JsonObject {
  const unusable = WORDS.filter(([word, accepts]) => node[word] !== undefined && !accepts(node[word]));
  if (unusable.length === 0 || kindAt(pointer) !== "schema") return node;
  for (const [word, , expected] of unusable) {
    report(
      [...pointer, word],
      `${word} is not ${expected}, and is ignored: correct it, or remove it`,
      "unusable-keyword",
    );
  }
  const names = new Set<string>(unusable.map(([word]) => word));
  return Object.fromEntries(Object.entries(node).filter(([name]) => !names.has(name)));
}

type Accepts = (value: unknown) => boolean;

const isNumber: Accepts = Number.isFinite;

/** Keywords that only restrict values, what they accept, and how that is called. */
const WORDS: readonly (readonly [string, Accepts, string])[] = [
  ["pattern", (value) => typeof value === "string", "a text"],
  ["format", (value) => typeof value === "string", "a text"],
  ["uniqueItems", (value) => typeof value === "boolean", "true or false"],
  // In schemas of draft 3, which many people still write, a property says of itself that it is required.
  ["required", Array.isArray, "a list of names"],
  ...["maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties", "multipleOf"].map(
    (word) => [word, isNumber, "a number"] as const,
  ),
  ...["maximum", "minimum"].map((word) => [word, isNumber, "a number"] as const),
];
