import { describe, expect, it } from "@jest/globals";
import { createCompiledSchemas } from "../../src/fast-path/compiled-schemas.ts";

const closed = (...names: readonly string[]) => ({
  type: "object",
  additionalProperties: false,
  required: names,
  properties: Object.fromEntries(names.map((name) => [name, { type: "string", maxLength: 9 }])),
});

function schemasOf(schema: object) {
  const { ofRequest, ofAnswer } = createCompiledSchemas({ schema, others: { Closed: closed("a", "b") } });
  return { request: ofRequest(["schema"]), answer: ofAnswer(["schema"]) };
}

describe("a schema that can be judged without the validator", () => {
  it("says yes, and no where only the validator may refuse", () => {
    const { request, answer } = schemasOf(closed("a"));
    for (const isSure of [request, answer]) {
      expect(isSure?.({ a: "x" })).toBe(true);
      expect([isSure?.({}), isSure?.({ a: 1 }), isSure?.({ a: "x", b: "x" })]).toEqual([false, false, false]);
    }
  });

  it("fills up requests with defaults, and no answers", () => {
    const { request, answer } = schemasOf({ type: "object", properties: { n: { type: "integer", default: 3 } } });
    const [sent, kept] = [{}, {}];
    expect([request?.(sent), answer?.(kept)]).toEqual([true, true]);
    expect([sent, kept]).toEqual([{ n: 3 }, {}]);
  });

  it.each([
    ["discriminators", { oneOf: [closed("a")], discriminator: { propertyName: "a" } }],
    ["what is written only", { type: "object", properties: { a: { type: "string", writeOnly: true } } }],
    ["references out of the document", { $ref: "other.yaml#/a" }],
    ["anchors", { $anchor: "here", type: "string" }],
  ])("has no %s: the validator reads them in its own way", (_case, schema) => {
    expect(schemasOf(schema)).toEqual({ request: undefined, answer: undefined });
  });
});

describe("of an answer with alternatives", () => {
  it.each([
    ["one of them", { anyOf: [closed("a"), closed("a", "b")] }],
    ["one behind a reference", { items: { oneOf: [{ $ref: "#/others/Closed" }] } }],
    ["what must not hold", { not: closed("a") }],
    ["a condition", { if: { type: "object", properties: { x: closed("a") } } }],
    ["what a list contains", { contains: closed("a") }],
  ])("only the validator can tell what it leaves, where %s is closed", (_case, schema) => {
    const { request, answer } = schemasOf(schema);
    expect(request).toBeDefined();
    expect(answer).toBeUndefined();
  });

  it("it is sure where none of them is closed", () => {
    const { answer } = schemasOf({
      ...closed("a"),
      properties: { a: { anyOf: [{ type: "string" }, { type: "null" }] } },
    });
    expect(answer?.({ a: null })).toBe(true);
  });
});
