import { describe, expect, it } from "@jest/globals";
import { contractFiles, healthyBut, lineWith } from "../../support/model/contract.ts";
import { checkContract } from "../../support/model/models.ts";

const contractOf = contractFiles();
const COLOUR = "colour: { enum: [red, blue] }";

describe("a default or a value of an enum that its own schema does not admit", () => {
  it.each([
    ["colour: { type: integer, minimum: 1, maximum: 3, default: 5 }", /^the default 5 is not valid .*must be <= 3/],
    ["colour: { $ref: '#/components/schemas/Thing', default: 1 }", /^the default 1 is not valid .*must be object/],
    ["colour: { type: string, enum: [red, 1.5] }", /^the value 1\.5 of this enum .*put it in quotes/],
    ["colour: { type: integer, enum: [1, two] }", /^the value "two" of this enum .*correct it/],
  ])("is found: %s", (to, message) => {
    const text = healthyBut(COLOUR, to);
    expect(checkContract(contractOf(text))).toEqual([
      { line: lineWith(text, to), message: expect.stringMatching(message) },
    ]);
  });

  it.each([
    "colour: { type: integer, minimum: 1, maximum: 3, default: 3 }",
    "colour: { type: [string, 'null'], enum: [red, null] }",
    "default: { type: integer, minimum: 1, maximum: 3 }",
  ])("is not: %s", (to) => {
    expect(checkContract(contractOf(healthyBut(COLOUR, to)))).toEqual([]);
  });
});
