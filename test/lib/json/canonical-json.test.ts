import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { toCanonicalJson } from "../../../src/lib/json/canonical-json.ts";

describe("canonical JSON", () => {
  it("sorts names by their UTF-16 units, as the example of RFC 8785 §3.2.3 does", () => {
    const names = ["€", "\r", "\ufb33", "1", "😀", "\u0080", "ö"];
    const text = toCanonicalJson(Object.fromEntries(names.map((name) => [name, ""])));
    expect(Object.keys(JSON.parse(text)).filter((name) => name !== "1")).toEqual([
      "\r",
      "\u0080",
      "ö",
      "€",
      "😀",
      "\ufb33",
    ]);
    expect(text.indexOf('"1"')).toBeGreaterThan(text.indexOf('"\\r"'));
  });

  it("has no white space, and only mandatory escapes", () => {
    expect(toCanonicalJson({ b: [null, true, 'a\u0007\n\\"/ é\u007f'], a: {} })).toBe(
      '{"a":{},"b":[null,true,"a\\u0007\\n\\\\\\"/ é\u007f"]}',
    );
  });

  const anyValue = fc.letrec<{ value: never }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.string({ unit: "binary" }),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value")),
      fc.dictionary(fc.string(), tie("value")),
    ) as fc.Arbitrary<never>,
  })).value;

  it("parses to the same value, and does not depend on the order of names", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const text = toCanonicalJson(value);
        expect(JSON.parse(text)).toEqual(value);
        expect(toCanonicalJson(JSON.parse(text))).toBe(text);
        expect(toCanonicalJson(reversed(value) as never)).toBe(text);
      }),
    );
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, member]) => [name, reversed(member)]),
  );
}
