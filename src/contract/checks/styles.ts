import type { Report } from "../document/finding.ts";
import { asList, asRecord, type JsonObject } from "../document/json.ts";
import type { OpenApiDocument } from "../document/openapi-document.ts";
import type { FoundOperation, FoundParameter } from "../model/outline.ts";
import { isIgnoredHeader } from "../model/parameters.ts";

/** Finds parameters whose style says nothing about such values, so that clients and servers may read it differently. */
export function checkStyles(document: OpenApiDocument, { parameters }: FoundOperation, report: Report) {
  for (const found of parameters) {
    if (isIgnoredHeader(found.parameter)) continue;
    const facts = factsOf(document, found, parameters);
    const { name, in: where } = found.parameter;
    for (const [holder, isUnclear, message] of UNCLEAR) {
      if (holder !== where || !isUnclear(facts)) continue;
      report(found.place, `the parameter ${name} ${message(facts)}`, "parameter-style");
    }
  }
}

type Facts = {
  readonly isArray: boolean;
  readonly isObject: boolean;
  readonly style: unknown;
  readonly explode: unknown;
  /** A property that is sent under a name which another parameter has. */
  readonly hidden: string | undefined;
};

function factsOf(document: OpenApiDocument, { parameter }: FoundParameter, all: readonly FoundParameter[]): Facts {
  const { style, explode, in: where } = parameter;
  const schema = document.resolve(parameter["schema"]) ?? {};
  const types = typesOf(document, schema).filter((type) => type !== "null");
  const isObject = types.includes("object") && types.every((type) => type === "object");
  const names = all.filter((one) => one.parameter["in"] === where).map((one) => one.parameter["name"]);
  const hasOwnNames = isObject && (style ?? "form") === "form" && explode !== false;
  return {
    isArray: types.includes("array") && types.every((type) => type === "array"),
    isObject,
    style,
    explode,
    hidden: hasOwnNames ? Object.keys(asRecord(schema["properties"])).find((name) => names.includes(name)) : undefined,
  };
}

const isDelimited = ({ style }: Facts) => style === "spaceDelimited" || style === "pipeDelimited";
const hasOtherStyle = (...styles: readonly string[]) => {
  return ({ style }: Facts) => style !== undefined && !styles.includes(String(style));
};

/** Where, what, and what to do about it. How Latchkey reads such a parameter is in docs/parameters.md. */
const UNCLEAR: readonly (readonly [string, (facts: Facts) => boolean, (facts: Facts) => string])[] = [
  [
    "path",
    hasOtherStyle("simple", "label", "matrix"),
    ({ style }) => `has the style ${style}, which is not supported in a path: use style: simple`,
  ],
  [
    "header",
    hasOtherStyle("simple"),
    ({ style }) => `has the style ${style}, which is not supported in a header: use style: simple`,
  ],
  ["cookie", hasOtherStyle("form"), ({ style }) => `has the style ${style}, which no cookie has: use style: form`],
  [
    "cookie",
    ({ isObject, explode }) => isObject && explode !== false,
    () => "is an object in a cookie that explodes, which is read as one cookie all the same: add explode: false",
  ],
  [
    "query",
    hasOtherStyle("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    ({ style }) => `has the style ${style}, which is not supported in a query: use style: form`,
  ],
  [
    "query",
    (facts) => isDelimited(facts) && (!(facts.isArray || facts.isObject) || facts.explode === true),
    () => "is not split at its delimiter: use explode: false, and type: array or object",
  ],
  [
    "query",
    ({ style, isObject, explode }) => style === "deepObject" && (!isObject || explode === false),
    () => "has the style deepObject but is not an object that explodes: use style: form",
  ],
  [
    "query",
    ({ hidden }) => hidden !== undefined,
    ({ hidden }) =>
      `has a property ${hidden} that is sent under the name of another parameter, which takes it: rename one, or use style: deepObject`,
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
