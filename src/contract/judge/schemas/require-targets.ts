import { parsePointer } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";
import { contains } from "./contains.ts";
import { NotCompiled } from "./not-compiled.ts";

/**
 * Follows every reference in a schema.
 * @param seen what was followed before; to share it saves the time to follow it once more.
 * @throws NotCompiled when one leads nowhere.
 */
export function requireTargets(document: OpenApiDocument, schema: unknown, seen = new Set<unknown>()) {
  const hasLostReference = ({ $ref, $dynamicRef }: { readonly [name: string]: unknown }) => {
    for (const reference of [$ref, $dynamicRef]) {
      if (typeof reference !== "string") continue;
      const target = reference.startsWith("#/") ? document.findAt(parsePointer(reference)) : undefined;
      if (target === undefined) throw new NotCompiled(`it refers to ${JSON.stringify(reference)}`);
    }
    return false;
  };
  contains(document, schema, hasLostReference, seen);
}
