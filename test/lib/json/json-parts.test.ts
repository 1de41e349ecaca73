import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { jsonParts } from "../../../src/lib/json/json-parts.ts";

describe("JSON in parts", () => {
  it("is what JSON.stringify writes", () => {
    const values = fc.dictionary(fc.string(), fc.oneof(fc.jsonValue(), fc.constant(undefined)));
    fc.assert(
      fc.property(values, fc.nat(4), (value, levels) => {
        expect([...jsonParts(value, levels)].join("")).toBe(JSON.stringify(value));
      }),
    );
  });

  it("comes in parts of moderate size", () => {
    const large = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`name-${at}`, "x".repeat(1000)]));
    const lengths = [...jsonParts({ large }, 2)].map(({ length }) => length);
    expect(lengths.length).toBeGreaterThan(10);
    expect(Math.max(...lengths)).toBeLessThan(70_000);
  });
});
