import type { JsonObject } from "../../document/json.ts";
import { eachOfKind } from "../../document/object-kinds.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";
import type { Run } from "./evaluation.ts";

/** The schema resources of a document (Core §4.3.5): a schema with `$id` begins one, and the document is one. */
export type Resources = {
  /** The resource that `schema` is in. */
  readonly resourceOf: (schema: JsonObject) => JsonObject;
  /** The schema for a dynamic reference to `target`: that of the outermost resource with its anchor (Core §8.2.3.2). */
  readonly dynamicTarget: (target: JsonObject, run: Run) => JsonObject;
};

/** Undefined for a document without dynamic anchors: then the resources of schemas make no difference. */
export function findResources({ root }: OpenApiDocument): Resources | undefined {
  const resources = new Map<JsonObject, JsonObject>();
  const anchors = new Map<JsonObject, Map<string, JsonObject>>();
  eachOfKind(root, "document", root, (_pointer, node, _kind, outer) => {
    const { $id, $dynamicAnchor } = node;
    const resource = typeof $id === "string" ? node : outer;
    resources.set(node, resource);
    if (typeof $dynamicAnchor === "string") {
      const named = anchors.get(resource) ?? new Map<string, JsonObject>();
      anchors.set(resource, named.set($dynamicAnchor, node));
    }
    return resource;
  });
  if (anchors.size === 0) return undefined;
  return {
    resourceOf: (schema) => resources.get(schema) ?? root,
    dynamicTarget: (target, { scopes }) => {
      const { $dynamicAnchor } = target;
      if (typeof $dynamicAnchor !== "string") return target;
      const outermost = scopes.find((scope) => anchors.get(scope)?.has($dynamicAnchor));
      return (outermost && anchors.get(outermost)?.get($dynamicAnchor)) ?? target;
    },
  };
}
