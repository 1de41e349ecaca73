import { asList, asRecord, isRecord, type JsonObject, parsePointer } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";

/** The schemas that apply to the same value as `schema`: what it refers to and what it combines. */
function partsOf({ findAt }: OpenApiDocument, schema: JsonObject): readonly unknown[] {
  const references = [schema["$ref"], schema["$dynamicRef"]];
  const targets = references.map((one) =>
    typeof one === "string" && one.startsWith("#/") ? findAt(parsePointer(one)) : undefined,
  );
  const lists = ["allOf", "anyOf", "oneOf"].flatMap((word) => asList(schema[word]));
  const single = ["not", "if", "then", "else"].map((word) => schema[word]);
  return [...targets, ...lists, ...single, ...Object.values(asRecord(schema["dependentSchemas"]))];
}

/** Does `schema` apply to the same value once more, and so without end? JSON Schema leaves open what that means. */
export function appliesToItself(document: OpenApiDocument, schema: JsonObject): boolean {
  const seen = new Set<unknown>();
  const waiting = [...partsOf(document, schema)];
  while (waiting.length > 0) {
    const part = waiting.pop();
    if (part === schema) return true;
    if (!isRecord(part) || seen.has(part)) continue;
    seen.add(part);
    waiting.push(...partsOf(document, part));
  }
  return false;
}
