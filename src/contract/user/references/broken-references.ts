import type { Report } from "../../document/finding.ts";
import { asRecord, findAt, isRecord, type JsonObject, parsePointer } from "../../document/json.ts";
import { type Kind, kindOfChild } from "../../document/object-kinds.ts";
import { rewritten } from "../../document/rewrite.ts";

/**
 * The document without references that lead nowhere and that no request depends on, as in a response: what is there is not
 * checked. Reports each. The check refuses all others.
 */
export function withoutBrokenReferences(document: JsonObject, report: Report): JsonObject {
  let needed: ReadonlySet<unknown> | undefined;
  return rewritten(document, (node, pointer) => {
    const { $ref } = node;
    if (typeof $ref !== "string" || !$ref.startsWith("#/")) return node;
    if (findAt(document, parsePointer($ref)) !== undefined) return node;
    needed ??= neededForRequests(document);
    if (needed.has(node)) return node;
    report([...pointer, "$ref"], `${$ref} does not exist, so this part of a response is not checked: correct it`);
    return {};
  });
}

/** Every object and list that requests depend on, also by references. */
function neededForRequests(document: JsonObject): ReadonlySet<unknown> {
  const needed = new Set<unknown>();
  const waiting: (readonly [unknown, Kind])[] = [
    [document["paths"], "map of pathItem"],
    [asRecord(document["components"])["securitySchemes"], "map of securityScheme"],
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [value, kind] = next;
    if (typeof value !== "object" || value === null || needed.has(value) || NOT_NEEDED.has(kind)) continue;
    needed.add(value);
    const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
      ? [...value.entries()]
      : Object.entries(value);
    for (const [name, child] of entries) waiting.push([child, kindOfChild(kind, name)]);
    const { $ref } = isRecord(value) ? value : {};
    if (typeof $ref === "string" && $ref.startsWith("#/")) waiting.push([findAt(document, parsePointer($ref)), kind]);
  }
  return needed;
}

/** The API itself sends responses, and the requests of callbacks. */
const NOT_NEEDED: ReadonlySet<Kind> = new Set<Kind>(["map of response", "map of callback", "data"]);
