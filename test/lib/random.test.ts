import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type RandomBytes, randomBase62, systemRandom, toBase62 } from "../../src/lib/random.ts";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A xorshift32 generator: the same bytes on every run. */
function seededBytes(seed: number): RandomBytes {
  let state = seed;
  return (count) =>
    Uint8Array.from({ length: count }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 8) & 0xff;
    });
}

/** These bytes in their order, then zeros. */
function theseBytes(...bytes: readonly number[]): RandomBytes {
  const rest = [...bytes];
  return (count) => Uint8Array.from({ length: count }, () => rest.shift() ?? 0);
}

describe("random base 62", () => {
  it("has the requested length, and consists of digits and letters", () => {
    fc.assert(
      fc.property(fc.nat(100), (length) => {
        expect(randomBase62(length, systemRandom)).toMatch(new RegExp(`^[0-9A-Za-z]{${length}}$`));
      }),
    );
  });

  it("skips the bytes from 248 on, which would favour the first characters", () => {
    expect(randomBase62(4, theseBytes(248, 255, 249, 1, 2, 250, 3, 4))).toBe("1234");
  });

  it("uses the byte 247, the last unbiased one", () => {
    expect(randomBase62(2, theseBytes(247, 0))).toBe("z0");
  });

  it("maps exactly four of the 256 bytes to each character", () => {
    const counts = new Map<string, number>();
    const every = Array.from({ length: 256 }, (_, byte) => byte);
    for (const character of randomBase62(248, theseBytes(...every))) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    expect([...counts].sort()).toEqual([...DIGITS].map((digit) => [digit, 4]).sort());
  });

  it("is spread evenly (chi-square over 620,000 characters)", () => {
    const sample = 620_000;
    const counts = new Map<string, number>();
    for (const character of randomBase62(sample, seededBytes(2_463_534_242))) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    const expected = sample / DIGITS.length;
    const chiSquare = [...DIGITS].reduce(
      (sum, digit) => sum + ((counts.get(digit) ?? 0) - expected) ** 2 / expected,
      0,
    );
    // With 61 degrees of freedom a fair source stays below this 999 times in 1000.
    expect(chiSquare).toBeLessThan(100.9);
  });
});

describe("a number in base 62", () => {
  it("is padded with zeros", () => {
    expect(toBase62(0, 6)).toBe("000000");
    expect(toBase62(61, 6)).toBe("00000z");
    expect(toBase62(62, 6)).toBe("000010");
  });

  it("has six characters for every 32-bit value, and different ones for each", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (value) => {
        const text = toBase62(value, 6);
        expect(text).toHaveLength(6);
        expect([...text].reduce((sum, digit) => sum * 62 + DIGITS.indexOf(digit), 0)).toBe(value);
      }),
      { examples: [[0], [0xffff_ffff]] },
    );
  });
});

describe("the system's source", () => {
  it("returns the requested number of bytes, different ones each time", () => {
    expect(systemRandom(32)).toHaveLength(32);
    expect(systemRandom(32)).not.toEqual(systemRandom(32));
  });
});
