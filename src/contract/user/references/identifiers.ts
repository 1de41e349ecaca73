import type { Pointer } from "../../document/finding.ts";
import { asRecord } from "../../document/json.ts";
import { eachOfKind, type Kind } from "../../document/object-kinds.ts";
import type { SourceFile } from "./source-files.ts";

/** A schema resource (JSON Schema Core 2020-12 §4.3.5): a file, or a schema in it with `$id`. */
export type Resource = {
  readonly file: SourceFile;
  /** Where it begins in its file. */
  readonly place: Pointer;
  /** Its absolute URI, without a fragment. */
  readonly uri: string;
  /** The places of its anchors by name. */
  readonly anchors: ReadonlyMap<string, Pointer>;
};

type Found = Resource & { readonly anchors: Map<string, Pointer> };

/** The resources of a file; the first is the file itself. */
export function findResources(file: SourceFile): readonly Resource[] {
  const whole: Found = { file, place: [], uri: file.url, anchors: new Map() };
  const resources = [whole];
  eachOfKind<Found>(file.content, kindOf(file), whole, (pointer, node, kind, outer) => {
    if (kind !== "schema") return outer;
    const place = [...pointer];
    const { $id, $anchor, $dynamicAnchor } = node;
    const uri = typeof $id === "string" ? resolveUri($id, outer.uri) : undefined;
    const resource = uri === undefined ? outer : { file, place, uri, anchors: new Map() };
    if (resource !== outer) resources.push(resource);
    for (const name of [$anchor, $dynamicAnchor]) if (typeof name === "string") resource.anchors.set(name, place);
    return resource;
  });
  return resources;
}

/** Only schemas have identifiers: a file of something else than OpenAPI is read as one. */
function kindOf({ content }: SourceFile): Kind {
  const { openapi, paths, components } = asRecord(content);
  return [openapi, paths, components].some((one) => one !== undefined) ? "document" : "schema";
}

/** The innermost of `resources` that contains `place`. */
export function resourceAt(resources: readonly Resource[], place: Pointer): Resource | undefined {
  return resources.findLast((one) => one.place.every((step, index) => String(step) === String(place[index])));
}

/** The absolute URI of a reference, without its fragment; undefined for one that is not a URI reference. */
export function resolveUri(reference: string, base: string): string | undefined {
  const [path = ""] = reference.split("#", 1);
  if (path === "") return base;
  try {
    return new URL(path, base).href;
  } catch {
    return undefined;
  }
}
