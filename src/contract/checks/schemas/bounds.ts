import type { Pointer, Report } from "../../document/finding.ts";
import { asList, asRecord, isRecord, type JsonObject } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";
import type { Outline } from "../../model/outline.ts";
import { MISSING, missingBoundsOf, partsOf, type Words, wordsOf } from "./schema-words.ts";

/** Finds values in requests whose size has no limit (OWASP API4:2023). */
export function checkBounds({ document, operations }: Outline, report: Report) {
  const check = createCheck(document, report);
  const checkContent = (at: Pointer, holder: JsonObject | undefined) => {
    for (const [mediaType, content] of Object.entries(asRecord(holder?.["content"]))) {
      check([...at, "content", mediaType, "schema"], asRecord(content)["schema"]);
    }
  };

  for (const { pointer, operation, parameters } of operations) {
    for (const { place, parameter } of parameters) {
      check([...place, "schema"], parameter["schema"]);
      checkContent(place, parameter);
    }
    checkContent(...document.follow([...pointer, "requestBody"], operation["requestBody"]));
  }
}

/** Checks a schema and its parts. The schema around an alternative bounds the alternative too. */
function createCheck(document: OpenApiDocument, report: Report) {
  const seen = new Set<string>();
  const isNew = (text: string) => !seen.has(text) && seen.add(text);

  return function check(pointer: Pointer, value: unknown, around?: Words) {
    if (value === true && around === undefined)
      report(pointer, `${MISSING["no-type"]} (at ${pointer.join("/")})`, "no-type");
    // The validator refuses read-only properties in a request.
    if (pointer.at(-2) === "properties" && asRecord(value)["readOnly"] === true) return;

    const [place, schema] = document.follow(pointer, value);
    // The words are part of the key: keywords beside one reference may bound a schema that another one leaves
    // unbounded.
    if (schema === undefined || !isNew(JSON.stringify([place, schema, around?.words, around?.types]))) return;

    const parts = partsOf(document, place, schema);
    const words = wordsOf(parts, place, around);
    const alternatives = parts.flatMap(([at, part]) => alternativesOf(at, part));
    for (const [at, alternative] of alternatives) check(at, alternative, words);
    for (const [at, child] of parts.flatMap(([holder, part]) => childrenOf(holder, part))) check(at, child);
    if (alternatives.length > 0) return;
    for (const [at, missing] of missingBoundsOf(words)) {
      const message = `${MISSING[missing]} (at ${at.join("/")})`;
      if (isNew(message)) report(at, message, missing);
    }
  };
}

function alternativesOf(place: Pointer, schema: JsonObject): readonly [Pointer, unknown][] {
  return ["anyOf", "oneOf"].flatMap((word) =>
    asList(schema[word]).map((child, index): [Pointer, unknown] => [[...place, word, index], child]),
  );
}

/** The schemas of the values within a value, with their pointers. */
function childrenOf(place: Pointer, schema: JsonObject): readonly [Pointer, unknown][] {
  const named = ["properties", "patternProperties"].flatMap((word) =>
    Object.entries(asRecord(schema[word])).map(([name, child]): [Pointer, unknown] => [[...place, word, name], child]),
  );
  const listed = asList(schema["prefixItems"]).map((child, index): [Pointer, unknown] => [
    [...place, "prefixItems", index],
    child,
  ]);
  const single = ["items", "additionalProperties", "unevaluatedProperties", "propertyNames"]
    .filter((word) => isRecord(schema[word]))
    .map((word): [Pointer, unknown] => [[...place, word], schema[word]]);
  return [...named, ...listed, ...single];
}
