import { describe, expect, it } from "@jest/globals";
import { contractFiles, HEALTHY, healthyBut, lineWith } from "../../support/model/contract.ts";
import { checkContract } from "../../support/model/models.ts";

const contractOf = contractFiles();
const findingsIn = (text: string) => checkContract(contractOf(text));
const NAME = "name: { type: string, maxLength: 50, pattern: '^[a-z]+$' }";

/** What is found when the property `name` of the request body has this schema. */
function lacks(schema: string): readonly string[] {
  const text = healthyBut(NAME, `name: ${schema}`);
  const line = lineWith(text, `name: ${schema}`);
  return findingsIn(text).map((finding) => {
    expect(finding.line).toBe(line);
    return finding.message;
  });
}

describe("a request schema", () => {
  it.each([
    ["{ type: string }", /^a string has no upper bound: add maxLength/],
    ["{ type: [string, 'null'] }", /^a string has no upper bound/],
    ["{ type: array, items: { enum: [a] } }", /^an array has no upper bound: add maxItems/],
    ["{ type: integer, minimum: 0 }", /^a number has no upper bound: add maximum/],
    ["{ type: integer, maximum: 0 }", /^a number has no lower bound: add minimum/],
    ["{ type: number, exclusiveMinimum: 0 }", /^a number has no upper bound/],
    ["{ type: object }", /^an object accepts any number of properties/],
    ["{ type: object, additionalProperties: true }", /^an object accepts/],
    ["{ type: object, additionalProperties: { enum: [a] } }", /^an object accepts/],
    [
      "{ type: object, additionalProperties: false, patternProperties: { '^a$': { enum: [a] } } }",
      /^an object accepts/,
    ],
    ["{}", /^a schema without a type accepts any value/],
    ["{ type: [] }", /^a schema without a type/],
    ["{ properties: { a: { enum: [a] } } }", /^a schema without a type/],
    ["{ not: { type: string } }", /^a schema without a type/],
    ["{ type: strnig }", /^strnig is not a type of JSON Schema/],
    [
      "{ type: [string, null], maxLength: 1 }",
      /^null is not a type of JSON Schema: correct it \('null' needs quotes\)/,
    ],
    ["{ type: __proto__ }", /^__proto__ is not a type of JSON Schema/],
    ["{ type: constructor }", /^constructor is not a type of JSON Schema/],
  ])("must be bounded: %s is not", (schema, message) => {
    expect(lacks(schema)).toEqual([expect.stringMatching(message)]);
  });

  it("without either bound of a number lacks two", () => {
    expect(lacks("{ type: number }")).toHaveLength(2);
  });

  it.each([
    "{ type: string, enum: [a] }",
    "{ const: null }",
    "{ type: boolean }",
    "{ type: 'null' }",
    "{ type: integer, exclusiveMinimum: 0, maximum: 9 }",
    "{ type: object, maxProperties: 0 }",
    "{ anyOf: [{ enum: [a] }, { type: string, maxLength: 0 }] }",
  ])("is bounded as %s", (schema) => {
    expect(lacks(schema)).toEqual([]);
  });

  it.each([
    ["properties/a", "{ type: object, additionalProperties: false, properties: { a: { type: string } } }"],
    ["patternProperties/^a$", "{ type: object, maxProperties: 1, patternProperties: { '^a$': { type: string } } }"],
    ["additionalProperties", "{ type: object, maxProperties: 1, additionalProperties: { type: string } }"],
    ["propertyNames", "{ type: object, maxProperties: 1, propertyNames: { type: string } }"],
    ["items", "{ type: array, maxItems: 1, items: { type: string } }"],
    ["prefixItems/0", "{ type: array, maxItems: 1, prefixItems: [{ type: string }] }"],
    ["allOf/0", "{ allOf: [{ type: string }] }"],
    ["anyOf/1", "{ anyOf: [{ enum: [a] }, { type: string }] }"],
    ["oneOf/0", "{ oneOf: [{ type: string }] }"],
  ])("must be bounded inside %s too", (place, schema) => {
    expect(lacks(schema)).toEqual([expect.stringMatching(`/name/${place.replaceAll(/[$^]/g, "\\$&")}\\)$`)]);
  });

  it("is named at the place that a reference leads to", () => {
    const text = healthyBut("  schemas:", "  schemas:\n    Text:\n      type: string").replace(
      NAME,
      "name: { $ref: '#/components/schemas/Text' }",
    );
    expect(findingsIn(text)).toEqual([
      { line: lineWith(text, "    Text:"), message: expect.stringMatching(/\(at components\/schemas\/Text\)$/) },
    ]);
  });

  it("is named once, however many references lead to it", () => {
    const to =
      "name: { $ref: '#/components/schemas/Text' }\n        also: { $ref: '#/components/schemas/Text', title: Also }";
    const text = healthyBut("  schemas:", "  schemas:\n    Text: { type: string }").replace(NAME, to);
    expect(findingsIn(text)).toHaveLength(1);
  });

  it("may be bounded beside its reference, which bounds no other reference", () => {
    const bounded = "name: { $ref: '#/components/schemas/Text', maxLength: 9 }";
    const text = healthyBut("  schemas:", "  schemas:\n    Text: { type: string }");
    expect(findingsIn(text.replace(NAME, bounded))).toEqual([]);
    expect(
      findingsIn(text.replace(NAME, `${bounded}\n        also: { $ref: '#/components/schemas/Text' }`)),
    ).toHaveLength(1);
  });

  it("may refer to itself, with words of its own each time", () => {
    const to = "name: { $ref: '#/components/schemas/Thing', title: Inner }";
    expect(findingsIn(healthyBut(NAME, to))).toEqual([]);
  });
});

describe("the bounds of a request", () => {
  it.each([
    ["a parameter of an operation", "schema: { type: integer, minimum: 1, maximum: 9 }", "schema: { type: string }"],
    ["a parameter of a path", "schema: { type: string, maxLength: 20 }", "schema: { type: string }"],
    [
      "a parameter with content",
      "schema: { type: integer, minimum: 1, maximum: 9 }",
      "content: { text/plain: { schema: { type: string } } }",
    ],
    ["a body", "schema: { $ref: '#/components/schemas/Thing' }", "schema: { type: string }"],
  ])("are asked of %s", (_place, from, to) => {
    const text = healthyBut(from, to);
    expect(findingsIn(text)).toEqual([
      { line: lineWith(text, to), message: expect.stringMatching(/^a string has no/) },
    ]);
  });

  it("are asked of a parameter and a body behind references", () => {
    const text = `${HEALTHY.replace("- name: size\n          in: query\n          schema: { type: integer, minimum: 1, maximum: 9 }", "- $ref: '#/components/parameters/Size'")}  parameters:
    Size: { name: size, in: query, schema: { type: string } }
`;
    expect(findingsIn(text).map(({ line }) => line)).toEqual([lineWith(text, "Size: {")]);
  });

  it("are not required of responses", () => {
    const answer = "{ description: Done., content: { text/plain: { schema: { type: string } } } }";
    expect(findingsIn(healthyBut("{ description: Done. }", answer))).toEqual([]);
  });
});
