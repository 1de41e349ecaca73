import { describe, expect, it } from "@jest/globals";
import { toOpenApiDocument } from "../../../src/contract/document/openapi-document.ts";
import { createCompiledSchemas } from "../../../src/fast-path/compiled/compiled-schemas.ts";

const closed = (...names: readonly string[]) => ({
  type: "object",
  additionalProperties: false,
  required: names,
  properties: Object.fromEntries(names.map((name) => [name, { type: "string", maxLength: 9 }])),
});

function schemasOf(schema: object) {
  const { ofRequest, ofResponse } = createCompiledSchemas(
    toOpenApiDocument({ schema, others: { Closed: closed("a", "b") } }),
  );
  return { request: ofRequest(["schema"]), response: ofResponse(["schema"]) };
}

describe("a compiled schema", () => {
  it("admits what certainly matches, and leaves the rest to the validator", () => {
    const { request, response } = schemasOf(closed("a"));
    for (const isValid of [request, response]) {
      expect(isValid?.({ a: "x" })).toBe(true);
      expect([isValid?.({}), isValid?.({ a: 1 }), isValid?.({ a: "x", b: "x" })]).toEqual([false, false, false]);
    }
  });

  it("adds defaults to requests, not to responses", () => {
    const { request, response } = schemasOf({ type: "object", properties: { n: { type: "integer", default: 3 } } });
    const [sent, kept] = [{}, {}];
    expect([request?.(sent), response?.(kept)]).toEqual([true, true]);
    expect([sent, kept]).toEqual([{ n: 3 }, {}]);
  });

  it.each([
    ["discriminators", { oneOf: [closed("a")], discriminator: { propertyName: "a" } }],
    ["write-only properties", { type: "object", properties: { a: { type: "string", writeOnly: true } } }],
    ["references to other documents", { $ref: "other.yaml#/a" }],
    ["anchors", { $anchor: "here", type: "string" }],
  ])("has no %s: the validator interprets them in its own way", (_case, schema) => {
    expect(schemasOf(schema)).toEqual({ request: undefined, response: undefined });
  });
});

describe("a response with alternatives", () => {
  it.each([
    ["one of them", { anyOf: [closed("a"), closed("a", "b")] }],
    ["one of them, behind a reference", { items: { oneOf: [{ $ref: "#/others/Closed" }] } }],
    ["a negation", { not: closed("a") }],
    ["a condition", { if: { type: "object", properties: { x: closed("a") } } }],
    ["the items of a list", { contains: closed("a") }],
  ])("is left to the validator where %s is closed", (_case, schema) => {
    const { request, response } = schemasOf(schema);
    expect(request).toBeDefined();
    expect(response).toBeUndefined();
  });

  it("is admitted where none of them is closed", () => {
    const { response } = schemasOf({
      ...closed("a"),
      properties: { a: { anyOf: [{ type: "string" }, { type: "null" }] } },
    });
    expect(response?.({ a: null })).toBe(true);
  });
});
