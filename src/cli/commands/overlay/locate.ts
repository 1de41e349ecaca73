import type { Pointer } from "../../../contract/document/finding.ts";
import { asList, asRecord, isRecord, type JsonObject } from "../../../contract/document/json.ts";
import type { OpenApiDocument } from "../../../contract/document/openapi-document.ts";

/** A schema of the contract, and where it is. */
export type FoundSchema = { readonly place: Pointer; readonly schema: JsonObject };

/**
 * The schemas that judge the part of a value at `steps`; `-` is any item of a list.
 * @param place where the schema of the whole value is.
 */
export function locateSchemas(
  document: OpenApiDocument,
  place: Pointer,
  steps: readonly string[],
  depth = 0,
): readonly FoundSchema[] {
  const [at, schema] = document.follow(place, document.findAt(place));
  if (schema === undefined || depth > MAX_DEPTH) return [];
  const branches = ["allOf", "oneOf", "anyOf"].flatMap((word) =>
    asList(schema[word]).flatMap((_, index) => locateSchemas(document, [...at, word, index], steps, depth + 1)),
  );
  const [step, ...rest] = steps;
  if (step === undefined) return [{ place: at, schema }, ...branches];
  const child = childOf(schema, step);
  const found = child === undefined ? [] : locateSchemas(document, [...at, ...child], rest, depth + 1);
  return [...found, ...branches];
}

/** A recursive schema has no end. */
const MAX_DEPTH = 20;

function childOf(schema: JsonObject, step: string): Pointer | undefined {
  if (isRecord(asRecord(schema["properties"])[step])) return ["properties", step];
  if (step === "-" && isRecord(schema["items"])) return ["items"];
  return isRecord(schema["additionalProperties"]) ? ["additionalProperties"] : undefined;
}
