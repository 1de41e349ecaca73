import { describe, expect, it } from "@jest/globals";
import { contractFiles, healthyBut, lineWith } from "../../support/model/contract.ts";
import { checkContract } from "../../support/model/models.ts";

const contractOf = contractFiles();
const findingsIn = (text: string) => checkContract(contractOf(text));
const PATTERN = "pattern: '^[a-z]+$'";

describe("a pattern", () => {
  it.each(["^(a+)(\\1)+$"])("that can backtrack, and has no other engine, is found: %s", (pattern) => {
    const text = healthyBut(PATTERN, `pattern: '${pattern}'`);
    expect(findingsIn(text)).toEqual([
      { line: lineWith(text, pattern), message: expect.stringContaining(`the pattern ${pattern} can backtrack`) },
    ]);
  });

  it.each(["[", "(?<a", "a{2,1}", "(?>a)", "\\\\p{Nonsense}"])(
    "that is not a valid expression is found: %s",
    (pattern) => {
      const text = healthyBut(PATTERN, `pattern: "${pattern}"`);
      expect(findingsIn(text)).toEqual([
        { line: lineWith(text, "        name:"), message: expect.stringContaining("is not a regular expression") },
      ]);
    },
  );

  it.each([
    "^[a-z]{1,1000}$",
    "^(?<year>[0-9]{4})$",
    "^(?i:a)$",
    "^key_[0-9A-Za-z]{20}$",
    "^(?:live|test)$",
    "^\\p{L}*$",
    "",
  ])("that is harmless is left alone: %s", (pattern) => {
    expect(findingsIn(healthyBut(PATTERN, `pattern: '${pattern}'`))).toEqual([]);
  });

  it("is also one for the names of properties", () => {
    const text = healthyBut(
      "name: { type: string, maxLength: 50, pattern: '^[a-z]+$' }",
      "name: { type: object, maxProperties: 1, patternProperties: { '^(a+)b\\1*$': { enum: [a] } } }",
    );
    expect(findingsIn(text)).toEqual([
      { line: lineWith(text, "^(a+)b\\1*$"), message: expect.stringMatching(/can backtrack/) },
    ]);
  });

  it("is found wherever it stands, even where no request reaches", () => {
    const text = healthyBut(
      "{ description: Done. }",
      "{ description: Done., headers: { X-A: { schema: { pattern: '^(a+)b\\1*$' } } } }",
    );
    expect(findingsIn(text)).toHaveLength(1);
  });

  it("is found in a schema that is called properties", () => {
    const text = healthyBut("  schemas:", "  schemas:\n    properties: { type: string, pattern: '^(a+)b\\1*$' }");
    expect(findingsIn(text)).toHaveLength(1);
  });

  it("is none as the name of a property, or of a scope", () => {
    const text = healthyBut(
      "name: { type: string, maxLength: 50, pattern: '^[a-z]+$' }",
      "pattern: { enum: ['^(a+)b\\1*$'] }",
    );
    expect(findingsIn(text.replace("x-scopes: {", "x-scopes: { pattern: See (a+)+ patterns.,"))).toEqual([]);
  });

  it("that stands in many places is found in each", () => {
    const text = healthyBut(PATTERN, "pattern: '^(a+)(\\1)+$', title: { pattern: '^(a+)(\\1)+$' }");
    expect(findingsIn(text)).toHaveLength(2);
  });
});
