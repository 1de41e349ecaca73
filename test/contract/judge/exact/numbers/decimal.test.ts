import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  canonicalDecimal,
  compareDecimals,
  type Decimal,
  ExactNumber,
  isMultiple,
  parseDecimal,
} from "../../../../../src/contract/judge/exact/numbers/decimal.ts";
import { mayLoseDigits, parseExactJson } from "../../../../../src/contract/judge/exact/numbers/exact-json.ts";

const decimal = (text: string): Decimal => parseDecimal(text) ?? { digits: 0n, exponent: 0 };

describe("a decimal", () => {
  it("is compared by its value", () => {
    expect(compareDecimals(decimal("100.000000000000000001"), decimal("1e2"))).toBe(1);
    expect(compareDecimals(decimal("-0.1"), decimal("0"))).toBe(-1);
    expect(compareDecimals(decimal("1.50"), decimal("15e-1"))).toBe(0);
  });

  it("has one canonical text", () => {
    expect(["100", "1e2", "100.00"].map((text) => canonicalDecimal(decimal(text)))).toEqual(["1e2", "1e2", "1e2"]);
    expect(canonicalDecimal(decimal("-0.0"))).toBe("0");
  });

  it("is a multiple of another, or not", () => {
    expect(isMultiple(decimal("0.0075"), decimal("0.0001"))).toBe(true);
    expect(isMultiple(decimal("0.00751"), decimal("0.0001"))).toBe(false);
    expect(isMultiple(decimal("1"), decimal("0"))).toBe(false);
  });

  it.each(["1e1001", "1e-1001", "1".repeat(1001), "0x10", "", "1."])("is not made of %s", (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  });

  it("is compared as doubles are, where these are exact", () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (one, other) => {
          expect(compareDecimals(decimal(String(one)), decimal(String(other)))).toBe(Math.sign(one - other) + 0);
        },
      ),
    );
  });
});

describe("JSON with the numbers that it has", () => {
  it("keeps those that a double does not hold", () => {
    const value = parseExactJson('{"a": 0.1, "b": [9007199254740993, 1.0], "c": 1e400, "d": 1E2}') as { a: unknown };
    expect(value).toEqual({ a: 0.1, b: [expect.any(ExactNumber), 1], c: Number.NaN, d: 100 });
  });

  it("is parsed so only where a number may be such a one", () => {
    const may = (text: string) => mayLoseDigits(Buffer.from(text));
    expect(['{"a":1.5}', '"éa"', "[123456789012345]"].map(may)).toEqual([false, false, false]);
    expect(["1234567890123456", "0.123456789012345", "1e5", "[1E400]"].map(may)).toEqual([true, true, true, true]);
  });
});
