import { describe, expect, it } from "@jest/globals";
import { toOpenApiDocument } from "../../../src/contract/document/openapi-document.ts";

const root = {
  a: { $ref: "#/b", description: "beside" },
  b: { $ref: "#/c" },
  c: { type: "string", description: "target" },
  self: { $ref: "#/self" },
  "with/slash": [{ type: "integer" }],
};
const document = toOpenApiDocument(root);

describe("a view of a document", () => {
  it("gives an object without a reference as it is", () => {
    expect(document.resolve(root.c)).toBe(root.c);
  });

  it("follows references, whose siblings override the target", () => {
    expect(document.resolve(root.a)).toEqual({ type: "string", description: "beside" });
  });

  it("follows each reference once", () => {
    expect(document.resolve(root.a)).toBe(document.resolve(root.a));
  });

  it.each([[root.self], [{ $ref: "#/nowhere" }], [{ $ref: "other.yaml#/a" }], ["text"], [undefined]])(
    "resolves %p to nothing",
    (value) => {
      expect(document.resolve(value)).toBeUndefined();
    },
  );

  it("knows where the target of a reference is", () => {
    expect(document.follow(["a"], root.a)).toEqual([["c"], { type: "string", description: "beside" }]);
    expect(document.follow(["c"], root.c)).toEqual([["c"], root.c]);
  });

  it("finds values by pointer, in lists too", () => {
    expect(document.findAt(["with/slash", 0, "type"])).toBe("integer");
    expect(document.findAt(["constructor"])).toBeUndefined();
  });
});
