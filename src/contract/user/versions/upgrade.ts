import type { Pointer, Report } from "../../document/finding.ts";
import type { JsonObject } from "../../document/json.ts";
import { toNullable } from "../../document/nullable.ts";
import { rewritten } from "../../document/rewrite.ts";
import { toUsable } from "./usable-words.ts";

/** Is this a document of OpenAPI 3.0? */
export function isOpenApi30(raw: JsonObject): boolean {
  return typeof raw["openapi"] === "string" && /^3\.0\.\d+$/.test(raw["openapi"]);
}

/**
 * Converts an OpenAPI 3.0 document to 3.1 without changing its meaning: `nullable` becomes a type, exclusive bounds
 * become numbers, and what is beside a `$ref` is removed, because 3.0 ignores it and 3.1 does not. Reports what has no
 * effect in either version.
 */
export function upgrade(raw: JsonObject, report: Report): JsonObject {
  return { ...rewritten(raw, (node, pointer) => toNode(node, pointer, report)), openapi: "3.1.1" };
}

function toNode(node: JsonObject, pointer: Pointer, report: Report): JsonObject {
  // In 3.0 a path item may have other keys beside its `$ref`.
  if (typeof node["$ref"] === "string") return isWhole(node, pointer) ? node : { $ref: node["$ref"] };
  return toUsable(toNullable(toBounds(node), pointer, report), pointer, report);
}

function isWhole(node: JsonObject, pointer: Pointer): boolean {
  return pointer.at(-2) === "paths" || Object.keys(node).length === 1;
}

/** `minimum: 0, exclusiveMinimum: true` → `exclusiveMinimum: 0`. */
function toBounds(node: JsonObject): JsonObject {
  if (node["exclusiveMinimum"] === undefined && node["exclusiveMaximum"] === undefined) return node;
  const { exclusiveMinimum, exclusiveMaximum, minimum, maximum, ...rest } = node;
  const side = (name: "Minimum" | "Maximum", exclusive: unknown, bound: unknown) => {
    if (typeof exclusive !== "boolean")
      return {
        ...(exclusive !== undefined && { [`exclusive${name}`]: exclusive }),
        ...(bound !== undefined && { [name.toLowerCase()]: bound }),
      };
    if (bound === undefined) return {};
    return { [exclusive ? `exclusive${name}` : name.toLowerCase()]: bound };
  };
  return { ...rest, ...side("Minimum", exclusiveMinimum, minimum), ...side("Maximum", exclusiveMaximum, maximum) };
}
