import type { Pointer } from "../../document/finding.ts";
import type { FindingKind } from "../../document/finding-kinds.ts";
import { asList, type JsonObject } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";

/** The keywords of all schemas that a value must match, combined. */
export type Words = {
  /** The keywords that bound something. */
  readonly words: readonly string[];
  readonly types: readonly unknown[];
  /** Where the types are declared. */
  readonly typePlace: Pointer;
  /** The place of the schema that combines others, if there is more than one. */
  readonly whole: Pointer | undefined;
};

type Part = readonly [Pointer, JsonObject];

/** `schema` and every part of its allOf, each with its pointer. */
export function partsOf(
  document: OpenApiDocument,
  place: Pointer,
  schema: JsonObject,
  seen = new Set<string>(),
): Part[] {
  seen.add(place.join("/"));
  const parts = asList(schema["allOf"]).flatMap((part, index) => {
    const [at, found] = document.follow([...place, "allOf", index], part);
    return found === undefined || seen.has(at.join("/")) ? [] : partsOf(document, at, found, seen);
  });
  return [...parts, [place, schema]];
}

/** @param around the words of the schema around an alternative. */
export function wordsOf(parts: readonly Part[], place: Pointer, around?: Words): Words {
  const typed = parts.findLast(([, { type }]) => [type].flat()[0] !== undefined);
  const words = parts.flatMap(([, schema]) => BOUNDING.filter((word) => bounds(schema, word)));
  return {
    words: [...new Set([...(around?.words ?? []), ...words])].toSorted(),
    types: typed ? [typed[1]["type"]].flat() : (around?.types ?? []),
    typePlace: typed?.[0] ?? (around && around.types.length > 0 ? around.typePlace : place),
    whole: around ? (around.whole ?? around.typePlace) : parts.length > 1 ? place : undefined,
  };
}

const CLOSING = ["additionalProperties", "unevaluatedProperties"];

const BOUNDING = [
  ...["enum", "const", "maxLength", "maxItems", "maxProperties", "patternProperties"],
  ...["maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"],
  ...CLOSING,
];

function bounds(schema: JsonObject, word: string): boolean {
  return CLOSING.includes(word) ? schema[word] === false : schema[word] !== undefined;
}

/** What a schema lacks to bound a value: the fix for each. */
export const MISSING = {
  "no-type": "a schema without a type accepts any value: add a type",
  "no-max-length": "a string has no upper bound: add maxLength",
  "no-max-items": "an array has no upper bound: add maxItems",
  "no-maximum": "a number has no upper bound: add maximum",
  "no-minimum": "a number has no lower bound: add minimum",
  "open-object": "an object accepts any number of properties: add additionalProperties: false, or maxProperties",
  // additionalProperties knows only the properties beside it and would refuse those of the other parts.
  "open-parts":
    "an object of several parts accepts any number of properties: add unevaluatedProperties: false, or maxProperties",
} satisfies Partial<Record<FindingKind, string>>;

type Missing = keyof typeof MISSING;

/** What is missing to bound a value, and where to report it. */
export function missingBoundsOf({ words, types, typePlace, whole }: Words): readonly (readonly [Pointer, Missing])[] {
  if (has(words, "enum", "const")) return [];
  if (types.length === 0) return [[typePlace, "no-type"]];
  return types.flatMap((type): (readonly [Pointer, Missing])[] => {
    if (type === "object" && whole !== undefined) return isOpen(words) ? [[whole, "open-parts"]] : [];
    // Another type has a finding of its own.
    const missing = MISSING_BOUNDS.get(type)?.(words) ?? [];
    return missing.map((bound) => [typePlace, bound]);
  });
}

const has = (words: readonly string[], ...wanted: string[]) => wanted.some((word) => words.includes(word));

function isOpen(words: readonly string[]): boolean {
  const isClosed = has(words, ...CLOSING) && !has(words, "patternProperties");
  return !isClosed && !has(words, "maxProperties");
}

/** What is missing to bound a value of each type. */
const MISSING_BOUNDS: ReadonlyMap<unknown, (words: readonly string[]) => readonly Missing[]> = new Map(
  Object.entries({
    string: (words: readonly string[]) => (has(words, "maxLength") ? [] : ["no-max-length" as const]),
    array: (words: readonly string[]) => (has(words, "maxItems") ? [] : ["no-max-items" as const]),
    integer: missingNumberBounds,
    number: missingNumberBounds,
    boolean: () => [],
    null: () => [],
    object: (words: readonly string[]) => (isOpen(words) ? ["open-object" as const] : []),
  }),
);

function missingNumberBounds(words: readonly string[]): readonly Missing[] {
  const missing: Missing[] = [];
  if (!has(words, "maximum", "exclusiveMaximum")) missing.push("no-maximum");
  if (!has(words, "minimum", "exclusiveMinimum")) missing.push("no-minimum");
  return missing;
}
