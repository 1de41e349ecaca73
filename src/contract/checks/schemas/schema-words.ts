import type { Pointer } from "../../document/finding.ts";
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

/** What is missing to bound a value, and where to report it. */
export function missingBoundsOf({ words, types, typePlace, whole }: Words): readonly (readonly [Pointer, string])[] {
  if (has(words, "enum", "const")) return [];
  if (types.length === 0) return [[typePlace, UNTYPED]];
  return types.flatMap((type): (readonly [Pointer, string])[] => {
    if (type === "object" && whole !== undefined) return isOpen(words) ? [[whole, OPEN_WHOLE]] : [];
    // Another type has a finding of its own.
    const missing = MISSING_BOUNDS.get(type)?.(words) ?? [];
    return missing.map((bound) => [typePlace, bound]);
  });
}

/** The message about a schema that accepts values of any type. */
export const UNTYPED = "a schema without a type accepts any value: add a type";

const has = (words: readonly string[], ...wanted: string[]) => wanted.some((word) => words.includes(word));

function isOpen(words: readonly string[]): boolean {
  const isClosed = has(words, ...CLOSING) && !has(words, "patternProperties");
  return !isClosed && !has(words, "maxProperties");
}

// additionalProperties knows only the properties beside it and would refuse those of the other parts.
const OPEN_WHOLE =
  "an object of several parts accepts any number of properties: add unevaluatedProperties: false, or maxProperties";

/** What is missing to bound a value of each type. */
const MISSING_BOUNDS: ReadonlyMap<unknown, (words: readonly string[]) => readonly string[]> = new Map(
  Object.entries({
    string: (words: readonly string[]) =>
      has(words, "maxLength") ? [] : ["a string has no upper bound: add maxLength"],
    array: (words: readonly string[]) => (has(words, "maxItems") ? [] : ["an array has no upper bound: add maxItems"]),
    integer: missingNumberBounds,
    number: missingNumberBounds,
    boolean: () => [],
    null: () => [],
    object: (words: readonly string[]) =>
      isOpen(words)
        ? ["an object accepts any number of properties: add additionalProperties: false, or maxProperties"]
        : [],
  }),
);

function missingNumberBounds(words: readonly string[]): readonly string[] {
  return [
    ...(has(words, "maximum", "exclusiveMaximum") ? [] : ["a number has no upper bound: add maximum"]),
    ...(has(words, "minimum", "exclusiveMinimum") ? [] : ["a number has no lower bound: add minimum"]),
  ];
}
