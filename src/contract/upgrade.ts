import type { Pointer, Report } from "./finding.ts";
import { asList, asRecord, isRecord, type JsonObject } from "./json.ts";
import { isNamedByPeople } from "./walk.ts";

/** Is this a document of OpenAPI 3.0? */
export function isOpenApi30(document: JsonObject): boolean {
  return typeof document["openapi"] === "string" && /^3\.0\.\d+$/.test(document["openapi"]);
}

/**
 * Reads an OpenAPI 3.0 document as 3.1, where that loses nothing: `nullable` becomes a type, the exclusive bounds become
 * numbers, and what stands beside a `$ref` goes, for 3.0 overlooks it and 3.1 would not. Reports what means nothing in
 * either.
 */
export function upgrade(document: JsonObject, report: Report): JsonObject {
  return { ...rewritten(document, (node, pointer) => toNode(node, pointer, report)), openapi: "3.1.1" };
}

/** Reads `nullable` in a document of 3.1 as its author meant it, and reports where it stands. */
export function withNullable(document: JsonObject, report: Report): JsonObject {
  return rewritten(document, (node, pointer) => {
    if (node["nullable"] !== undefined)
      report([...pointer, "nullable"], "nullable is of OpenAPI 3.0, and read as it is there");
    return toNullable(node, pointer, report);
  });
}

/** Makes another object of one that stands at `pointer`. */
export type Rewrite = (node: JsonObject, pointer: Pointer) => JsonObject;

/** `document` with each of its objects rewritten, but for maps whose names people choose and examples. */
export function rewritten(document: JsonObject, rewrite: Rewrite): JsonObject {
  const walk = (value: unknown, pointer: Pointer): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...pointer, index]));
    if (!isRecord(value)) return value;
    const isNames = isNamedByPeople(pointer);
    const node = isNames ? value : rewrite(value, pointer);
    return Object.fromEntries(
      Object.entries(node).map(([name, child]) => [
        name,
        !isNames && HOLDS_ANYTHING.includes(name) ? child : walk(child, [...pointer, name]),
      ]),
    );
  };
  return asRecord(walk(document, []));
}

const HOLDS_ANYTHING = ["example", "examples", "default", "enum", "const"];

function toNode(node: JsonObject, pointer: Pointer, report: Report): JsonObject {
  // A path item may have both in 3.0, too.
  if (typeof node["$ref"] === "string") return pointer.at(-2) === "paths" ? node : { $ref: node["$ref"] };
  return toNullable(toBounds(node), pointer, report);
}

/** `minimum: 0, exclusiveMinimum: true` → `exclusiveMinimum: 0`. */
function toBounds(node: JsonObject): JsonObject {
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

/** `type: string, nullable: true` → `type: [string, 'null']`. */
function toNullable(node: JsonObject, pointer: Pointer, report: Report): JsonObject {
  const { nullable, ...rest } = node;
  if (typeof nullable !== "boolean") return node;
  if (!nullable) return rest;
  const { type, enum: values } = rest;
  if (type === undefined) {
    // OpenAPI 3.0.3 says that it then has no effect; many mean otherwise.
    report([...pointer, "nullable"], "nullable without a type has no effect in OpenAPI 3.0: add a type, or remove it");
    return rest;
  }
  const isListed = Array.isArray(values) && !values.includes(null);
  return {
    ...rest,
    type: [...new Set([...[type].flat(), "null"])],
    ...(isListed && { enum: [...asList(values), null] }),
  };
}
