import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { copyJson } from "../../../src/lib/json/copy-json.ts";

describe("a copy of JSON", () => {
  it("is equal, and shares nothing with the original", () => {
    const original = { list: [{ a: 1 }, null], text: "x" };
    const copy = copyJson(original);
    expect(copy).toEqual(original);
    Object.assign(original.list[0] ?? {}, { a: 2 });
    expect(copy).toEqual({ list: [{ a: 1 }, null], text: "x" });
  });

  it("has the same text for any value, also with the name __proto__", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.stringify(copyJson(JSON.parse(text)))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
    const copy = copyJson(JSON.parse('{"__proto__":{"isAdmin":true}}'));
    expect([JSON.stringify(copy), "isAdmin" in Object(copy)]).toEqual(['{"__proto__":{"isAdmin":true}}', false]);
  });
});
