import type { Pointer } from "./finding.ts";
import { findAt, isRecord, type JsonObject, resolve, targetOf } from "./json.ts";

/** A read-only view of an OpenAPI document, which follows its references. */
export type OpenApiDocument = {
  /** The document itself, as parsed. */
  readonly root: JsonObject;
  /** `value`, or what its `$ref` leads to; undefined when that is not an object of this document. */
  readonly resolve: (value: unknown) => JsonObject | undefined;
  /** What `resolve` finds for the `value` at `pointer`, and where that is. */
  readonly follow: (pointer: Pointer, value: unknown) => [Pointer, JsonObject | undefined];
  /** The value at `pointer`; undefined when there is none. */
  readonly findAt: (pointer: Pointer) => unknown;
};

export function toOpenApiDocument(root: JsonObject): OpenApiDocument {
  // Many operations refer to the same few parameters and schemas.
  const resolved = new WeakMap<JsonObject, JsonObject | undefined>();
  const resolveReference = (node: JsonObject) => {
    if (!resolved.has(node)) resolved.set(node, resolve(root, node));
    return resolved.get(node);
  };
  const resolveValue = (value: unknown) => {
    if (!isRecord(value)) return undefined;
    return value["$ref"] === undefined ? value : resolveReference(value);
  };
  return {
    root,
    resolve: resolveValue,
    follow: (pointer, value) => [targetOf(root, pointer, value), resolveValue(value)],
    findAt: (pointer) => findAt(root, pointer.map(String)),
  };
}
