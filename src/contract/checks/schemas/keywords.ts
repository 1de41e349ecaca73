import type { Pointer, Report } from "../../document/finding.ts";
import { asList, asRecord, isRecord, parsePointer } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";
import type { Outline } from "../../model/outline.ts";

/**
 * Finds keywords of schemas whose values have the wrong type. A schema is compiled for the first request or response of its
 * operation, which would fail then.
 */
export function checkKeywords({ document, operations }: Outline, report: Report) {
  const check = createCheck(document, report);
  const checkContent = (at: Pointer, content: unknown, checkSchema = check) => {
    for (const [type, holder] of Object.entries(asRecord(content))) {
      const { schema } = asRecord(holder);
      if (schema !== undefined) checkSchema([...at, "content", type, "schema"], schema);
    }
  };
  for (const { pointer, operation, parameters } of operations) {
    for (const { place, parameter } of parameters) {
      if (parameter["schema"] !== undefined) check([...place, "schema"], parameter["schema"]);
      checkContent(place, parameter["content"]);
    }
    const [place, body] = document.follow([...pointer, "requestBody"], operation["requestBody"]);
    checkContent(place, body?.["content"]);
  }
  // No request depends on them. What requests have too is not found a second time.
  const checkReply = createCheck(document, (pointer, message) => report(pointer, message, "response"));
  for (const { pointer, operation } of operations) {
    for (const [status, response] of Object.entries(asRecord(operation["responses"]))) {
      const [place, found] = document.follow([...pointer, "responses", status], response);
      checkContent(place, found?.["content"], checkReply);
    }
  }
}

/** Checks a schema and everything that it contains or refers to. */
function createCheck(document: OpenApiDocument, report: Report) {
  const seen = new Set<unknown>();
  return function check(pointer: Pointer, schema: unknown) {
    if (seen.has(schema) || typeof schema === "boolean") return;
    if (!isRecord(schema)) return report(pointer, `a schema is not an object or a boolean: correct it ${at(pointer)}`);
    seen.add(schema);
    for (const [word, value] of Object.entries(schema)) {
      const rule = RULES.get(word);
      const place = [...pointer, word];
      const problem = rule?.problemOf(value, word);
      if (problem !== undefined) report(place, `${problem} ${at(pointer)}`);
      else for (const [steps, child] of rule?.schemasIn(value) ?? []) check([...place, ...steps], child);
    }
    const { $ref } = schema;
    if (typeof $ref !== "string" || !$ref.startsWith("#/")) return;
    const target = parsePointer($ref);
    // A reference that leads nowhere has a finding of its own.
    if (isRecord(document.findAt(target))) check(target, document.findAt(target));
  };
}

const at = (pointer: Pointer) => `(at ${pointer.join("/")})`;

/** What is wrong with the value of a keyword, and the schemas in it with the steps to them. */
type Rule = {
  readonly problemOf: (value: unknown, word: string) => string | undefined;
  readonly schemasIn: (value: unknown) => readonly (readonly [Pointer, unknown])[];
};

type SchemasIn = Rule["schemasIn"];

function must(expected: string, accepts: (value: unknown) => boolean, schemasIn: SchemasIn = () => []): Rule {
  const problemOf: Rule["problemOf"] = (value, word) =>
    accepts(value) ? undefined : `${word} is not ${expected}: correct it, or remove it`;
  return { problemOf, schemasIn };
}

function allowedFor(words: readonly string[], rule: Rule): readonly (readonly [string, Rule])[] {
  return words.map((word) => [word, rule]);
}

const TYPES: readonly unknown[] = ["array", "boolean", "integer", "null", "number", "object", "string"];

const TYPE: Rule = {
  problemOf: (value) => {
    const wrong = [value].flat().find((one) => !TYPES.includes(one));
    return wrong === undefined ? undefined : `${wrong} is not a type of JSON Schema: correct it ('null' needs quotes)`;
  },
  schemasIn: () => [],
};

const isNamesByName = (value: unknown) => isRecord(value) && Object.values(value).every(Array.isArray);
const isSchema = (value: unknown) => isRecord(value) || typeof value === "boolean";
const entriesOf = (value: unknown) => Object.entries(asRecord(value)).map(([name, one]) => [[name], one] as const);
const itemsOf = (value: unknown) => asList(value).map((one, index) => [[index], one] as const);

const NUMBER = must("a number", Number.isFinite);
const SCHEMA = must("a schema", isSchema, (value) => [[[], value]]);
const SCHEMAS = must("a list of schemas", Array.isArray, itemsOf);
const NAMED_SCHEMAS = must("an object of schemas", isRecord, entriesOf);

/** What Ajv requires, which compiles schemas for the validator. */
const RULES: ReadonlyMap<string, Rule> = new Map([
  ...allowedFor(["type"], TYPE),
  ...allowedFor(["maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties"], NUMBER),
  ...allowedFor(["maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum", "multipleOf"], NUMBER),
  ...allowedFor(["maxContains", "minContains"], NUMBER),
  ...allowedFor(
    ["uniqueItems"],
    must("true or false", (value) => typeof value === "boolean"),
  ),
  ...allowedFor(
    ["pattern"],
    must("a text", (value) => typeof value === "string"),
  ),
  ...allowedFor(["required"], must("a list of names", Array.isArray)),
  ...allowedFor(["dependentRequired"], must("an object of lists of names", isNamesByName)),
  ...allowedFor(["enum"], must("a list", Array.isArray)),
  ...allowedFor(["allOf", "anyOf", "oneOf", "prefixItems"], SCHEMAS),
  ...allowedFor(["properties", "patternProperties", "dependentSchemas"], NAMED_SCHEMAS),
  ...allowedFor(["not", "if", "then", "else", "items", "contains", "propertyNames"], SCHEMA),
  ...allowedFor(["additionalProperties", "unevaluatedItems", "unevaluatedProperties"], SCHEMA),
]);
