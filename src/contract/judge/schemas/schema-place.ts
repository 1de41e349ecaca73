import type { Pointer } from "../../document/finding.ts";
import { isRecord, MAX_REFERENCES, parsePointer } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";

/** Where the schema at `place` is, if that only refers to another: references with other keywords are not followed. */
export function schemaPlaceOf({ findAt }: OpenApiDocument, place: Pointer): Pointer {
  let at = place;
  for (let steps = 0; steps < MAX_REFERENCES; steps++) {
    const schema = findAt(at);
    if (!isRecord(schema) || Object.keys(schema).length !== 1) break;
    const { $ref } = schema;
    if (typeof $ref !== "string" || !$ref.startsWith("#/") || findAt(parsePointer($ref)) === undefined) break;
    at = parsePointer($ref);
  }
  return at;
}

/** Computes something about a schema once, also for all places that only refer to it. */
export function perSchema<T>(document: OpenApiDocument, make: (place: Pointer) => T): (place: Pointer) => T {
  const made = new Map<string, T>();
  return (place) => {
    const target = schemaPlaceOf(document, place);
    const name = JSON.stringify(target);
    const known = made.get(name);
    if (known !== undefined) return known;
    const value = make(target);
    made.set(name, value);
    return value;
  };
}
