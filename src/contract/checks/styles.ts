import type { Report } from "../document/finding.ts";
import { asList, type JsonObject } from "../document/json.ts";
import type { OpenApiDocument } from "../document/openapi-document.ts";
import type { FoundParameter } from "../model/outline.ts";

/** Finds parameters whose values the validator would split differently than declared, or not at all. */
export function checkStyle(document: OpenApiDocument, { place, parameter }: FoundParameter, report: Report) {
  const { name, in: where, content, style, explode } = parameter;
  const schema = document.resolve(parameter["schema"]) ?? {};
  const types = typesOf(document, schema).filter((type) => type !== "null");
  const facts: Facts = {
    isArray: types.includes("array") && types.every((type) => type === "array"),
    isPlainArray: schema["type"] === "array",
    isObject: types.includes("object") && types.every((type) => type === "object"),
    style,
    explode,
    hasContent: content !== undefined,
  };
  for (const [holder, isMisread, message] of MISREAD) {
    if (holder === where && isMisread(facts)) report(place, `the parameter ${name} ${message}`, "parameter-style");
  }
}

type Facts = {
  readonly isArray: boolean;
  /** By `type` alone, as the validator decides. */
  readonly isPlainArray: boolean;
  readonly isObject: boolean;
  readonly style: unknown;
  readonly explode: unknown;
  readonly hasContent: boolean;
};

const isDelimited = ({ style }: Facts) => style === "spaceDelimited" || style === "pipeDelimited";

/** Each row was observed: here the validator misreads values that follow the contract. */
const MISREAD: readonly (readonly [string, (facts: Facts) => boolean, string])[] = [
  [
    "path",
    ({ style }) => style === "label" || style === "matrix",
    "has a style that is not supported: use style: simple",
  ],
  [
    "path",
    ({ isObject }) => isObject,
    "is an object in the path, which is never read as an object: use strings or numbers",
  ],
  [
    "header",
    ({ isObject }) => isObject,
    "is an object in a header, which is never read as an object: use strings or numbers",
  ],
  ["header", ({ hasContent }) => hasContent, "has content, which is not supported in a header: use a schema"],
  [
    "header",
    ({ isArray, style }) => isArray && style !== undefined && style !== "simple",
    "has a style that is not supported in a header: use style: simple",
  ],
  [
    "query",
    (facts) => isDelimited(facts) && (!facts.isArray || facts.explode === true),
    "is not split at its delimiter: use explode: false, and type: array",
  ],
  [
    "query",
    ({ style, isObject, explode }) => style === "deepObject" && (!isObject || explode === false),
    "has the style deepObject but is not an object that explodes: use style: form",
  ],
  [
    "query",
    ({ isArray, isPlainArray }) => isArray && !isPlainArray,
    "is an array of which a single value is refused: use type: array alone",
  ],
];

/** The types of `schema` and of its parts; references may be circular. */
function typesOf(document: OpenApiDocument, schema: JsonObject, depth = 0): readonly unknown[] {
  const own = [schema["type"]].flat().filter((type) => type !== undefined);
  const parts = ["allOf", "anyOf", "oneOf"].flatMap((word) => asList(schema[word]));
  if (depth > MAX_DEPTH) return own;
  return [...own, ...parts.flatMap((part) => typesOf(document, document.resolve(part) ?? {}, depth + 1))];
}

const MAX_DEPTH = 4;
