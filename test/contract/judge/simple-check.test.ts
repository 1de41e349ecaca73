import { describe, expect, it } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { toOpenApiDocument } from "../../../src/contract/document/openapi-document.ts";
import { toSimpleCheck } from "../../../src/contract/judge/schemas/simple-check.ts";
import { FORMATS } from "../../../src/contract/model/formats.ts";
import { runs } from "../../support/runs.ts";

const DOCUMENT = toOpenApiDocument({ components: { schemas: { Word: { type: "string", maxLength: 3 } } } });

const bounds = fc.constantFrom(-1, 0, 1, 1.5, 2, 3);
const scalars = fc.record(
  {
    type: fc.constantFrom<unknown>(
      "string",
      "integer",
      "number",
      "boolean",
      "null",
      ["string", "null"],
      ["integer", "string"],
    ),
    const: fc.constantFrom<unknown>("a", 1, true, null),
    enum: fc.constantFrom<unknown>(["a", "bb"], [1, 2], [null, "a"]),
    minLength: fc.constantFrom(0, 1, 2),
    maxLength: fc.constantFrom(0, 1, 2, 3),
    minimum: bounds,
    maximum: bounds,
    exclusiveMinimum: bounds,
    exclusiveMaximum: bounds,
    pattern: fc.constantFrom("^a", "^\\p{L}*$", "b$"),
    format: fc.constantFrom("date", "int32", "uuid", "byte", "unknown", "email"),
    default: fc.constant("a"),
    description: fc.constant("Something."),
  },
  { requiredKeys: [] },
);
const lists = fc.record(
  { type: fc.constant("array"), items: scalars, minItems: fc.constantFrom(0, 1), maxItems: fc.constantFrom(1, 2) },
  { requiredKeys: ["type", "items"] },
);
const values = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    "",
    "a",
    "bb",
    "😀",
    "😀😀",
    "ß",
    0,
    1,
    2.5,
    -1,
    2 ** 40,
    "2026-11-25",
    "YQ==",
    {},
    [],
  ),
  fc.array(fc.constantFrom<unknown>("a", 1, null, "bbbb"), { maxLength: 3 }),
);

describe("a simple check", () => {
  it("decides as Ajv does", () => {
    const ajv = new Ajv2020({ strict: false, logger: false, formats: FORMATS });
    fc.assert(
      fc.property(fc.oneof(scalars, lists), fc.array(values, { minLength: 5, maxLength: 5 }), (schema, all) => {
        const check = toSimpleCheck(DOCUMENT, schema);
        const isValid = ajv.compile(schema);
        expect(all.map((one) => check?.(one))).toEqual(all.map((one) => isValid(one)));
        ajv.removeSchema(schema);
      }),
      { numRuns: runs(400) },
    );
  });

  it("follows a reference", () => {
    const check = toSimpleCheck(DOCUMENT, { $ref: "#/components/schemas/Word" });
    expect([check?.("abc"), check?.("abcd")]).toEqual([true, false]);
  });

  it("tests a pattern only on texts that are short enough", () => {
    const check = toSimpleCheck(DOCUMENT, { pattern: "^(a+)+$", maxLength: 10, type: "string" });
    expect(check?.(`${"a".repeat(60)}b`)).toBe(false);
  });

  it.each([
    ["objects", { type: "object" }],
    ["alternatives", { anyOf: [{ type: "string" }] }],
    ["a reference with other keywords", { $ref: "#/components/schemas/Word", minLength: 1 }],
    ["unique items", { type: "array", items: { type: "string" }, uniqueItems: true }],
    ["a list of lists of objects", { type: "array", items: { type: "array", items: { type: "object" } } }],
    ["multiples", { type: "number", multipleOf: 2 }],
    ["a read-only value", { type: "string", readOnly: true }],
    ["what the service does not interpret", { type: "string", "x-eov-type": "string" }],
  ])("leaves %s to Ajv", (_case, schema) => {
    expect(toSimpleCheck(DOCUMENT, schema)).toBeUndefined();
  });
});
