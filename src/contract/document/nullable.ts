import type { Pointer, Report } from "./finding.ts";
import type { JsonObject } from "./json.ts";
import { rewritten } from "./rewrite.ts";

/** Reads `nullable` in a 3.1 document as OpenAPI 3.0 does, and reports each use. */
export function withNullable(document: JsonObject, report: Report): JsonObject {
  return rewritten(document, (node, pointer) => {
    if (node["nullable"] !== undefined)
      report([...pointer, "nullable"], "nullable is from OpenAPI 3.0 and is read as there: use type: [string, 'null']");
    return toNullable(node, pointer, report);
  });
}

/** `type: string, nullable: true` → `type: [string, 'null']`. */
export function toNullable(node: JsonObject, pointer: Pointer, report: Report): JsonObject {
  const { nullable, ...rest } = node;
  if (typeof nullable !== "boolean") return node;
  if (!nullable) return rest;
  const { type, enum: values } = rest;
  if (type === undefined) {
    // OpenAPI 3.0.3 gives it no effect here, but many authors expect one.
    report([...pointer, "nullable"], "nullable without a type has no effect in OpenAPI 3.0: add a type, or remove it");
    return rest;
  }
  // OpenAPI 3.0.3, §4.7.24.3 and its clarification: an enum says which values there are, with null or without it.
  if (Array.isArray(values) && !values.includes(null))
    report([...pointer, "enum"], "nullable has no effect beside an enum without null: add null to the enum");
  return { ...rest, type: [...new Set([...[type].flat(), "null"])] };
}
