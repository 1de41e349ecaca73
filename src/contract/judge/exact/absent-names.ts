import { asList, asRecord, isRecord, type JsonObject, parsePointer } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";

type Absent = "readOnly" | "writeOnly";

export const NONE: ReadonlySet<string> = new Set();

/** The properties with the keyword `absent` in all schemas that apply to the same object as `schema`. */
export function absentNamesOf(document: OpenApiDocument, schema: unknown, absent: Absent): ReadonlySet<string> {
  const names = sameInstance(document, schema).flatMap(({ properties }) =>
    Object.entries(asRecord(properties)).flatMap(([name, one]) => (isAbsent(document, one, absent) ? [name] : [])),
  );
  return names.length === 0 ? NONE : new Set(names);
}

/** Has `schema`, or one that it refers to or combines, the keyword `absent`? */
export function isAbsent(document: OpenApiDocument, schema: unknown, absent: Absent): boolean {
  return sameInstance(document, schema, ["allOf"]).some((one) => one[absent] === true);
}

const COMBINING = ["allOf", "anyOf", "oneOf"];

/** `schema`, and the schemas that it refers to or combines. */
function sameInstance(
  document: OpenApiDocument,
  schema: unknown,
  words = COMBINING,
  seen = new Set<unknown>(),
): readonly JsonObject[] {
  if (!isRecord(schema) || seen.has(schema)) return [];
  seen.add(schema);
  const { $ref } = schema;
  const target = typeof $ref === "string" && $ref.startsWith("#/") ? document.findAt(parsePointer($ref)) : undefined;
  const parts = [target, ...words.flatMap((word) => asList(schema[word]))];
  return [schema, ...parts.flatMap((part) => sameInstance(document, part, words, seen))];
}
