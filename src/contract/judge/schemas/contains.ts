import { asRecord, isRecord, type JsonObject, parsePointer } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";

/** Whether `matches` holds for `node`, or for any object inside it or inside what it refers to. */
export function contains(
  document: OpenApiDocument,
  node: unknown,
  matches: (one: JsonObject) => boolean,
  seen = new Set<unknown>(),
): boolean {
  if (typeof node !== "object" || node === null || seen.has(node)) return false;
  seen.add(node);
  if (isRecord(node) && matches(node)) return true;
  const { $ref } = asRecord(node);
  const target = typeof $ref === "string" ? document.findAt(parsePointer($ref)) : undefined;
  return [target, ...Object.values(node)].some((one) => contains(document, one, matches, seen));
}
