import type { JsonObject } from "../../../src/contract/document/json.ts";
import type { OpenApiDocument } from "../../../src/contract/document/openapi-document.ts";
import { contains } from "../../../src/contract/judge/schemas/contains.ts";
import type { FoundOperation } from "../../../src/contract/model/outline.ts";

/**
 * Has the operation something that the validator judges otherwise than the specification says? Then the judges need not
 * agree about it: docs/validator-differences.md.
 */
export function mayDepart(document: OpenApiDocument, { parameters, operation }: FoundOperation): boolean {
  const isUnusual = parameters.some(({ parameter }) => UNUSUAL.some((matches) => matches(document, parameter)));
  return isUnusual || contains(document, operation["requestBody"], hasUnusualKeyword);
}

const IGNORED = ["accept", "content-type", "authorization"];

const UNUSUAL: readonly ((document: OpenApiDocument, parameter: JsonObject) => boolean)[] = [
  (_document, { in: place }) => place === "cookie",
  (_document, { in: place, name }) => place === "header" && IGNORED.includes(String(name).toLowerCase()),
  (_document, { style }) => style === "label" || style === "matrix",
  (document, { in: place, schema }) => place !== "query" && document.resolve(schema)?.["type"] === "object",
];

function hasUnusualKeyword(node: JsonObject): boolean {
  return ["discriminator", "readOnly"].some((name) => node[name] !== undefined);
}
