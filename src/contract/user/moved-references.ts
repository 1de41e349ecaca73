import type { Pointer } from "../document/finding.ts";
import { asRecord, type JsonObject, parsePointer, toReference } from "../document/json.ts";
import { type Replacement, replaced } from "../document/replaced.ts";
import { eachNode } from "../document/walk.ts";
import type { Placed } from "./place-paths.ts";

/** The document of `placed` with the references into `paths` leading to where their targets are now. */
export function withMovedReferences(placed: Placed): JsonObject {
  const { document } = placed;
  const moved: Replacement[] = [];
  let find: ((written: Pointer) => Pointer) | undefined;
  eachNode(document, (pointer, node) => {
    const { $ref } = node;
    if (typeof $ref !== "string" || !$ref.startsWith("#/paths/")) return;
    find ??= createFindMoved(placed);
    const target = toReference(find(parsePointer($ref)));
    if (target !== $ref) moved.push([[...pointer], { ...node, $ref: target }]);
  });
  return moved.length === 0 ? document : replaced(document, moved);
}

/** Finds where a part of `paths` is now. Operations of one path may be at several ones. */
function createFindMoved({ document, toWritten }: Placed): (written: Pointer) => Pointer {
  const paths = new Map<string, string>();
  for (const [path, item] of Object.entries(asRecord(document["paths"]))) {
    for (const name of ["", ...Object.keys(asRecord(item))]) {
      const [, from] = toWritten(["paths", path, name]);
      const key = `${name} ${from}`;
      if (!paths.has(key)) paths.set(key, path);
    }
  }
  return ([first = "", path = "", ...rest]) => {
    const now = paths.get(`${rest[0] ?? ""} ${path}`) ?? paths.get(` ${path}`) ?? path;
    return [first, now, ...rest];
  };
}
