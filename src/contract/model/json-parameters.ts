import { asRecord, isRecord, type JsonObject } from "../document/json.ts";
import type { OpenApiDocument } from "../document/openapi-document.ts";

/** A parameter whose text is read as JSON. */
export type JsonParameter = {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  /**
   * True if declared with `content`; otherwise JSON is one way to write it, because the validator reads objects in a
   * query so.
   */
  readonly isAlwaysJson: boolean;
};

export function toJsonParameters(document: OpenApiDocument, parameter: JsonObject): readonly JsonParameter[] {
  const { in: place, name, schema, content } = parameter;
  if (place !== "path" && place !== "query" && place !== "header") return [];
  const [mediaType] = Object.keys(asRecord(content));
  if (mediaType !== undefined) {
    return isJsonContent(mediaType) ? [{ name: String(name), in: place, isAlwaysJson: true }] : [];
  }
  const mayBeObject = place === "query" && isObjectLike(document.resolve(schema));
  return mayBeObject ? [{ name: String(name), in: place, isAlwaysJson: false }] : [];
}

/** Is the content of a parameter JSON? @param mediaType as declared, perhaps with parameters. */
export function isJsonContent(mediaType: string): boolean {
  return /[/+]json\s*(?:;|$)/i.test(mediaType);
}

/** Decides as the validator does before it reads a text as JSON: references count as objects. */
function isObjectLike(schema: unknown): boolean {
  if (!isRecord(schema)) return false;
  const { $ref, type, allOf, anyOf, oneOf } = schema;
  return $ref !== undefined || [type].flat().includes("object") || [allOf, anyOf, oneOf].flat().some(isObjectLike);
}
