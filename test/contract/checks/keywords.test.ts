import { describe, expect, it } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import { contractFiles, HEALTHY, healthyBut, lineWith } from "../../support/model/contract.ts";
import { checkContract } from "../../support/model/models.ts";

const contractOf = contractFiles();
const NAME = "name: { type: string, maxLength: 50, pattern: '^[a-z]+$' }";

const MESSAGE = / is not (?:a|true|an) .*: correct it/;

const withSchema = (schema: object) => healthyBut(NAME, `name: ${JSON.stringify(schema)}`);
const findingsAbout = (word: string, schema: object) =>
  checkContract(contractOf(withSchema(schema))).filter(
    ({ message }) => MESSAGE.test(message) && message.includes(word),
  );

/** Wrong values, by keyword. */
const WRONG: Readonly<Record<string, readonly unknown[]>> = {
  type: ["strng", 5, ["string", "nothing"]],
  maxLength: ["10", null],
  minItems: ["1"],
  maximum: ["5", true],
  exclusiveMinimum: [true],
  multipleOf: ["0.5"],
  uniqueItems: ["yes"],
  pattern: [5],
  required: [true, "name"],
  dependentRequired: [{ a: "b" }, []],
  enum: ["a", {}],
  allOf: [{}, "x"],
  oneOf: [{}],
  prefixItems: [{}],
  properties: [[], "x"],
  patternProperties: [[]],
  items: [[{}], "string"],
  not: ["x"],
  additionalProperties: ["no", 5],
  unevaluatedProperties: ["no"],
};

describe("a schema of a request", () => {
  it.each(Object.entries(WRONG).flatMap(([word, values]) => values.map((value) => [word, value] as const)))(
    "that cannot be compiled is found: %s %j",
    (word, value) => {
      const schema = { [word]: value };
      const compile = () => new Ajv2020({ strict: false, validateSchema: false, logger: false }).compile(schema);
      expect(compile).toThrow();
      expect(findingsAbout(word, schema)).toEqual([
        {
          line: lineWith(withSchema(schema), `"${word}"`),
          message: expect.stringMatching(/: correct it.*\(at components.*properties\/name\)$/),
        },
      ]);
    },
  );

  it.each([
    { allOf: [{ maxLength: "1" }] },
    { additionalProperties: { maxLength: "1" } },
    { properties: { inner: { items: { maxLength: "1" } } } },
    { if: { maxLength: "1" } },
  ])("is checked in all its parts: %j", (schema) => {
    expect(findingsAbout("maxLength", schema)).toHaveLength(1);
  });

  it("may have keywords that say nothing about values, with any content", () => {
    expect(findingsAbout("", { type: "string", maxLength: 1, examples: {}, title: 5, "x-type": "strng" })).toEqual([]);
  });

  it("may be a healthy one", () => {
    expect(checkContract(contractOf(HEALTHY))).toEqual([]);
  });
});
