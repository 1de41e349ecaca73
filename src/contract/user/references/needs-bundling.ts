import { isRecord, type JsonObject } from "../../document/json.ts";

/** Keywords that give a schema a name, or refer to one by it. */
const NAMING = ["$id", "$anchor", "$dynamicRef", "$dynamicAnchor"];

/** Does `document` refer to anything by something else than a pointer into it? True also for such words in examples. */
export function needsBundling(document: JsonObject): boolean {
  return some(document, (node) => isReferenceElsewhere(node["$ref"]) || NAMING.some((word) => isText(node[word])));
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

function isReferenceElsewhere($ref: unknown): boolean {
  return isText($ref) && !$ref.startsWith("#/");
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function some(value: unknown, matches: (node: JsonObject) => boolean): boolean {
  if (Array.isArray(value)) return value.some((one) => some(one, matches));
  return isRecord(value) && (matches(value) || Object.values(value).some((one) => some(one, matches)));
}
