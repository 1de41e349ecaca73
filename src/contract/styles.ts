import type { Report } from "./finding.ts";
import { asList, type JsonObject, resolve } from "./json.ts";
import type { FoundParameter } from "./operations.ts";

/** Finds parameters whose values the validator would take apart otherwise than they are declared, or not at all. */
export function checkStyle(document: JsonObject, { place, parameter }: FoundParameter, report: Report) {
  const { name, in: where, content } = parameter;
  const schema = resolve(document, parameter["schema"]) ?? {};
  const facts: Facts = {
    isArray: schema["type"] === "array",
    mayBeArray: mayBe("array", document, schema),
    isObject: mayBe("object", document, schema),
    style: parameter["style"],
    explode: parameter["explode"],
    hasContent: content !== undefined,
  };
  for (const [holder, isMisread, message] of MISREAD) {
    if (holder === where && isMisread(facts)) report(place, `the parameter ${name} ${message}`);
  }
}

type Facts = {
  readonly isArray: boolean;
  readonly mayBeArray: boolean;
  readonly isObject: boolean;
  readonly style: unknown;
  readonly explode: unknown;
  readonly hasContent: boolean;
};

const isDelimited = ({ style }: Facts) => style === "spaceDelimited" || style === "pipeDelimited";

/** Each seen with the validator itself: what it does with values that are sent as the contract says. */
const MISREAD: readonly (readonly [string, (facts: Facts) => boolean, string])[] = [
  ["path", ({ style }) => style === "label" || style === "matrix", "has a style that is not read: write style: simple"],
  ["path", ({ isArray, explode }) => isArray && explode === true, "is read as one value: leave out explode"],
  ["path", ({ isObject }) => isObject, "is an object in the path, which is never read as one: use texts or numbers"],
  ["header", ({ isObject }) => isObject, "is an object in a header, which is never read as one: use texts or numbers"],
  ["header", ({ hasContent }) => hasContent, "has content, which is not read in a header: write a schema"],
  [
    "header",
    ({ isArray, style }) => isArray && style !== "simple",
    "is an array whose default style is not known in a header: write style: simple",
  ],
  [
    "query",
    (facts) => isDelimited(facts) && (!facts.isArray || facts.explode !== false),
    "is not taken apart at its delimiter: write explode: false, and type: array",
  ],
  [
    "query",
    ({ style, isObject, explode }) => style === "deepObject" && (!isObject || explode === false),
    "has the style deepObject without being an object that explodes: write style: form",
  ],
  [
    "query",
    ({ isArray, mayBeArray }) => mayBeArray && !isArray,
    "is an array of which a single value is refused: write type: array alone",
  ],
];

/** Whether `schema` or one that it is composed of has this type; references may lead in circles. */
function mayBe(type: string, document: JsonObject, schema: JsonObject, depth = 0): boolean {
  if ([schema["type"]].flat().includes(type)) return true;
  if (depth > MOST_DEPTH) return false;
  const parts = ["allOf", "anyOf", "oneOf"].flatMap((word) => asList(schema[word]));
  return parts.some((part) => mayBe(type, document, resolve(document, part) ?? {}, depth + 1));
}

const MOST_DEPTH = 4;
