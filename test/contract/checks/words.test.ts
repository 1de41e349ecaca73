import { describe, expect, it } from "@jest/globals";
import { contractFiles, healthyBut, lineWith } from "../../support/model/contract.ts";
import { checkContract } from "../../support/model/models.ts";

const contractOf = contractFiles();
const findingsIn = (text: string) => checkContract(contractOf(text));
const NAME = "name: { type: string, maxLength: 50, pattern: '^[a-z]+$' }";

describe("words that are misread", () => {
  it.each([
    ["nullable", NAME, "name: { type: string, maxLength: 50, nullable: true }", /^nullable is from OpenAPI 3\.0/],
    ["enum", NAME, "name: { type: string, enum: [] }", /^an empty enum accepts no value/],
    [
      "x-latchkey of a schema",
      NAME,
      "name: { type: string, maxLength: 50, x-latchkey: {} }",
      /^x-latchkey has no effect here/,
    ],
    [
      "x-latchkey at the root, with a word of an operation",
      "servers:",
      "x-latchkey: { body: stream }\nservers:",
      /^x-latchkey is not valid: .*"body".*\(known words: responses/,
    ],
    [
      "x-latchkey",
      "operationId: getThing",
      "operationId: getThing\n      x-latchkey: 1",
      /^x-latchkey is not valid: .*known words: scopes, security, upstream, body/,
    ],
  ])("are found: %s", (word, from, to, message) => {
    const text = healthyBut(from, to);
    const line = lineWith(text, word.split(" ")[0] ?? word);
    expect(findingsIn(text)).toEqual([{ line, message: expect.stringMatching(message) }]);
  });

  it.each([
    ["the name of a property", NAME, "nullable: { enum: [a] }"],
    [
      "the name of a property of a property",
      NAME,
      "name: { type: object, additionalProperties: false, properties: { $defs: { enum: [a] } } }",
    ],
    ["the name of a schema", "  schemas:", "  schemas:\n    nullable: { type: string }"],
    ["a member of an example", NAME, "name: { type: string, maxLength: 50, examples: [{ nullable: true }] }"],
    ["a member of a constant", NAME, "name: { const: { x-latchkey: 1, $ref: '#/nowhere' } }"],
  ])("are left alone as %s", (_case, from, to) => {
    expect(findingsIn(healthyBut(from, to))).toEqual([]);
  });

  it("are found in a property that is itself called properties", () => {
    const text = healthyBut(NAME, "properties: { type: string, maxLength: 50, nullable: true }");
    expect(findingsIn(text)).toHaveLength(1);
  });

  it.each([
    [
      "requestBodies",
      "default: { required: true, content: { text/plain: { schema: { type: string, nullable: true } } } }",
    ],
    ["responses", "default: { description: x, content: { text/plain: { schema: { type: string, nullable: true } } } }"],
    ["schemas", "examples: { type: string, nullable: true }"],
  ])("are found in components.%s under names that elsewhere hold anything", (room, entry) => {
    const text = healthyBut(
      "  schemas:",
      room === "schemas" ? `  schemas:\n    ${entry}` : `  ${room}:\n    ${entry}\n  schemas:`,
    );
    expect(findingsIn(text)).toEqual([{ line: lineWith(text, "nullable"), message: expect.any(String) }]);
  });
});

describe("a reference", () => {
  const REF = "schema: { $ref: '#/components/schemas/Thing' }";

  it.each([
    ["leads to nothing", "#/components/schemas/Thign", /^#\/components\/schemas\/Thign does not exist/],
    ["leads out of the file", "other.yaml#/Thing", /^other\.yaml#\/Thing is outside this file/],
    ["leads to what every object inherits", "#/components/constructor", /^#\/components\/constructor does not exist/],
  ])("that %s is found", (_case, target, message) => {
    const text = healthyBut(REF, `schema: { $ref: '${target}' }`);
    expect(findingsIn(text)).toEqual([{ line: lineWith(text, target), message: expect.stringMatching(message) }]);
  });

  it("that leads in a circle is found", () => {
    const text = healthyBut("  schemas:", "  schemas:\n    Loop: { $ref: '#/components/schemas/Loop' }");
    expect(findingsIn(text)).toEqual([{ line: lineWith(text, "Loop:"), message: expect.stringMatching(/Loop/) }]);
  });

  it("may be written with escapes", () => {
    const to = "schema: { $ref: '#/paths/~1things~1%7BthingId%7D/parameters/0/schema' }";
    expect(findingsIn(healthyBut(REF, to))).toEqual([]);
  });
});
