import type { Pointer, Report } from "./finding.ts";
import { asList, asRecord, isRecord, type JsonObject, parsePointer, resolve } from "./json.ts";
import { operationsIn } from "./operations.ts";

/** Finds what a request may make as large as it likes (OWASP API4:2023). */
export function checkBounds(document: JsonObject, report: Report) {
  const seen = new Set<string>();
  const isNew = (text: string) => !seen.has(text) && seen.add(text);
  const check = (pointer: Pointer, value: unknown) => {
    const [place, schema] = follow(document, pointer, value);
    // With its words: what stands beside one reference may bound a schema that another one leaves unbounded.
    if (schema === undefined || !isNew(JSON.stringify([place, schema]))) return;
    for (const lack of lacksOf(schema)) {
      const message = `${lack} (at ${place.join("/")})`;
      if (isNew(message)) report(place, message);
    }
    for (const [step, child] of childrenOf(schema)) check([...place, ...step], child);
  };
  const checkContent = (at: Pointer, holder: JsonObject | undefined) => {
    for (const [mediaType, content] of Object.entries(asRecord(holder?.["content"]))) {
      check([...at, "content", mediaType, "schema"], asRecord(content)["schema"]);
    }
  };

  for (const { pointer, path, item, operation } of operationsIn(document)) {
    for (const [list, place] of [
      [operation["parameters"], [...pointer, "parameters"]],
      [item["parameters"], ["paths", path, "parameters"]],
    ] as const) {
      asList(list).forEach((parameter, index) => {
        const [at, found] = follow(document, [...place, index], parameter);
        check([...at, "schema"], found?.["schema"]);
        checkContent(at, found);
      });
    }
    checkContent(...follow(document, [...pointer, "requestBody"], operation["requestBody"]));
  }
}

/** The object that `value` is or refers to, and where that stands, so that a finding names the right line. */
function follow(document: JsonObject, pointer: Pointer, value: unknown): [Pointer, JsonObject | undefined] {
  const { $ref } = asRecord(value);
  const place = typeof $ref === "string" && $ref.startsWith("#/") ? parsePointer($ref) : pointer;
  return [place, resolve(document, value)];
}

function lacksOf(schema: JsonObject): readonly string[] {
  if (schema["enum"] !== undefined || schema["const"] !== undefined) return [];
  const types = [schema["type"]].flat();
  const isComposed = ["allOf", "anyOf", "oneOf"].some((word) => schema[word] !== undefined);
  if (types[0] === undefined) return isComposed ? [] : ["a schema without a type admits anything: add a type"];
  return types.flatMap(
    (type) => BOUNDS.get(type)?.(schema) ?? [`there is no type ${type}: correct it ('null' needs quotes)`],
  );
}

const isMissing = (schema: JsonObject, ...words: string[]) => words.every((word) => schema[word] === undefined);

/** What each type lacks to be bounded. */
const BOUNDS: ReadonlyMap<unknown, (schema: JsonObject) => readonly string[]> = new Map(
  Object.entries({
    string: (schema: JsonObject) =>
      isMissing(schema, "maxLength") ? ["a string without an upper bound: add maxLength"] : [],
    array: (schema: JsonObject) =>
      isMissing(schema, "maxItems") ? ["an array without an upper bound: add maxItems"] : [],
    integer: numberLacks,
    number: numberLacks,
    boolean: () => [],
    null: () => [],
    object: (schema: JsonObject) =>
      (schema["additionalProperties"] === false && isMissing(schema, "patternProperties")) ||
      !isMissing(schema, "maxProperties")
        ? []
        : ["an object open to any number of properties: add additionalProperties: false, or maxProperties"],
  }),
);

function numberLacks(schema: JsonObject): readonly string[] {
  return [
    ...(isMissing(schema, "maximum", "exclusiveMaximum") ? ["a number without an upper bound: add maximum"] : []),
    ...(isMissing(schema, "minimum", "exclusiveMinimum") ? ["a number without a lower bound: add minimum"] : []),
  ];
}

/** The schemas inside a schema that a request's values meet, with the steps that lead there. */
function childrenOf(schema: JsonObject): readonly [Pointer, unknown][] {
  const named = ["properties", "patternProperties"].flatMap((word) =>
    Object.entries(asRecord(schema[word])).map(([name, child]) => [[word, name], child]),
  );
  const listed = ["allOf", "anyOf", "oneOf", "prefixItems"].flatMap((word) =>
    asList(schema[word]).map((child, index) => [[word, index], child]),
  );
  const single = ["items", "additionalProperties", "propertyNames"]
    .filter((word) => isRecord(schema[word]))
    .map((word) => [[word], schema[word]]);
  return [...named, ...listed, ...single] as [Pointer, unknown][];
}
