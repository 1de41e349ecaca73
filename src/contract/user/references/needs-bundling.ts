import { findAt, isRecord, type JsonObject, parsePointer } from "../../document/json.ts";

/** Keywords that give a schema a name, or refer to one by it. */
const NAMING = ["$id", "$anchor", "$dynamicRef", "$dynamicAnchor"];

/** Does `document` refer to anything by something else than a pointer to it? True also for such words in examples. */
export function needsBundling(document: JsonObject): boolean {
  const leadsTo = (reference: string) => findAt(document, parsePointer(reference)) !== undefined;
  const known = new Set<string>();
  return some(document, (node) => {
    const { $ref } = node;
    if (NAMING.some((word) => isText(node[word]))) return true;
    if (!isText($ref) || known.has($ref)) return false;
    known.add($ref);
    return !$ref.startsWith("#/") || !leadsTo($ref);
  });
}

/** Does one schema of `document` have a dynamic anchor that another one has too? Otherwise each has one meaning. */
export function isDynamic(document: JsonObject): boolean {
  const seen = new Set<unknown>();
  return some(document, ({ $dynamicAnchor }) => {
    if (!isText($dynamicAnchor)) return false;
    const isTwice = seen.has($dynamicAnchor);
    seen.add($dynamicAnchor);
    return isTwice;
  });
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function some(value: unknown, matches: (node: JsonObject) => boolean): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (isRecord(value) && matches(value)) return true;
  // Without lists of the values: a large contract has a million objects and lists. Parsed documents inherit no names.
  for (const name in value) if (some(value[name as keyof typeof value], matches)) return true;
  return false;
}
