import type { Pointer } from "../document/finding.ts";
import { asList, type JsonObject } from "../document/json.ts";
import type { OpenApiDocument } from "../document/openapi-document.ts";

/** What is known of a value from every schema that it has to meet at once. */
export type Words = {
  /** The keywords that are there and bound something. */
  readonly words: readonly string[];
  readonly types: readonly unknown[];
  /** Where the types are declared. */
  readonly typePlace: Pointer;
  /** Where the whole is put together, if it is made of more than one schema. */
  readonly whole: Pointer | undefined;
};

type Part = readonly [Pointer, JsonObject];

/** `schema` and all that it is an allOf of, each with its place. */
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

/** @param around what the schema around an alternative says already. */
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

/** What a value lacks to be bounded, and where to say so. */
export function lacksOf({ words, types, typePlace, whole }: Words): readonly (readonly [Pointer, string])[] {
  if (has(words, "enum", "const")) return [];
  if (types.length === 0) return [[typePlace, "a schema without a type admits anything: add a type"]];
  return types.flatMap((type): (readonly [Pointer, string])[] => {
    if (type === "object" && whole !== undefined) return isOpen(words) ? [[whole, OPEN_WHOLE]] : [];
    const lacks = LACKS.get(type)?.(words) ?? [`there is no type ${type}: correct it ('null' needs quotes)`];
    return lacks.map((lack) => [typePlace, lack]);
  });
}

const has = (words: readonly string[], ...wanted: string[]) => wanted.some((word) => words.includes(word));

function isOpen(words: readonly string[]): boolean {
  const isClosed = has(words, ...CLOSING) && !has(words, "patternProperties");
  return !isClosed && !has(words, "maxProperties");
}

// additionalProperties knows only the properties beside it, and would refuse those of the other parts.
const OPEN_WHOLE =
  "an object put together of parts, open to any number of properties: add unevaluatedProperties: false, or maxProperties";

/** What each type lacks to be bounded. */
const LACKS: ReadonlyMap<unknown, (words: readonly string[]) => readonly string[]> = new Map(
  Object.entries({
    string: (words: readonly string[]) =>
      has(words, "maxLength") ? [] : ["a string without an upper bound: add maxLength"],
    array: (words: readonly string[]) =>
      has(words, "maxItems") ? [] : ["an array without an upper bound: add maxItems"],
    integer: numberLacks,
    number: numberLacks,
    boolean: () => [],
    null: () => [],
    object: (words: readonly string[]) =>
      isOpen(words)
        ? ["an object open to any number of properties: add additionalProperties: false, or maxProperties"]
        : [],
  }),
);

function numberLacks(words: readonly string[]): readonly string[] {
  return [
    ...(has(words, "maximum", "exclusiveMaximum") ? [] : ["a number without an upper bound: add maximum"]),
    ...(has(words, "minimum", "exclusiveMinimum") ? [] : ["a number without a lower bound: add minimum"]),
  ];
}
