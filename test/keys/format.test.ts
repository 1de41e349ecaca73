import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { BRAND_FORMAT, composeKey, KEYS_IN_TEXT, parseKey, RANDOM_LENGTH } from "../../src/keys/format.ts";
import { ENVIRONMENTS } from "../../src/keys/key.ts";
import { UNKNOWN_SECRET } from "../support/builders.ts";
import { runs } from "../support/runs.ts";

const BASE62 = [..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"];
const brands = fc.stringMatching(BRAND_FORMAT);
const environments = fc.constantFrom(...ENVIRONMENTS);
const randoms = fc.string({ unit: fc.constantFrom(...BASE62), minLength: RANDOM_LENGTH, maxLength: RANDOM_LENGTH });

describe("the text of a key", () => {
  it("is brand, environment, 32 random characters and 6 of checksum", () => {
    expect(UNKNOWN_SECRET).toMatch(/^lk_live_S{32}[0-9A-Za-z]{6}$/);
  });

  it("never changes its checksum, because issued keys would stop working", () => {
    expect(composeKey("lk", "live", "0".repeat(32))).toBe(`lk_live_${"0".repeat(32)}3Mvjyj`);
    expect(composeKey("lk", "test", "abcdefghijklmnopqrstuvwxyzABCDEF")).toBe(
      "lk_test_abcdefghijklmnopqrstuvwxyzABCDEF4S5Upt",
    );
  });

  it("is parsed, under every brand and environment", () => {
    fc.assert(
      fc.property(brands, environments, randoms, (brand, environment, random) => {
        const text = composeKey(brand, environment, random);
        expect(parseKey(text)).toEqual({ environment, text });
      }),
    );
  });

  it("is refused after any change of a single character after its brand", () => {
    const position = fc.integer({ min: "lk_".length, max: UNKNOWN_SECRET.length - 1 });
    const other = fc.oneof(fc.constantFrom(...BASE62), fc.string({ unit: "binary", minLength: 1, maxLength: 1 }));
    fc.assert(
      fc.property(randoms, environments, position, other, (random, environment, at, character) => {
        const text = composeKey("lk", environment, random);
        fc.pre(text[at] !== character);
        expect(parseKey(text.slice(0, at) + character + text.slice(at + 1))).toBeUndefined();
      }),
      { numRuns: runs(2000) },
    );
  });

  it("is refused after every possible typo in one given key", () => {
    for (let at = "lk_live_".length; at < UNKNOWN_SECRET.length; at++) {
      for (const character of BASE62.filter((one) => one !== UNKNOWN_SECRET[at])) {
        expect(parseKey(UNKNOWN_SECRET.slice(0, at) + character + UNKNOWN_SECRET.slice(at + 1))).toBeUndefined();
      }
    }
  });

  it("is refused if two adjacent characters are swapped", () => {
    fc.assert(
      fc.property(randoms, fc.integer({ min: 8, max: 44 }), (random, at) => {
        const text = composeKey("lk", "live", random);
        fc.pre(text[at] !== text[at + 1]);
        expect(parseKey(`${text.slice(0, at)}${text[at + 1]}${text[at]}${text.slice(at + 2)}`)).toBeUndefined();
      }),
    );
  });

  it("is refused if live and test are swapped", () => {
    fc.assert(
      fc.property(randoms, (random) => {
        expect(parseKey(composeKey("lk", "live", random).replace("_live_", "_test_"))).toBeUndefined();
        expect(parseKey(composeKey("lk", "test", random).replace("_test_", "_live_"))).toBeUndefined();
      }),
    );
  });

  it("is still parsed after the brand changed", () => {
    expect(parseKey(UNKNOWN_SECRET.replace("lk_", "acme2_"))).toBeDefined();
  });

  it.each([
    ["a brand of 16 characters", "a".repeat(16), true],
    ["a brand of 17 characters", "a".repeat(17), false],
    ["no brand", "", false],
    ["a brand that begins with a digit", "1a", false],
    ["a brand in capitals", "LK", false],
    ["a brand with an underscore", "l_k", false],
  ])("with %s: %s is parsed %s", (_case, brand, isRead) => {
    expect(parseKey(composeKey(brand, "live", "S".repeat(32))) !== undefined).toBe(isRead);
    expect(BRAND_FORMAT.test(brand)).toBe(isRead);
  });

  it.each([
    ["nothing", ""],
    ["a key cut off at the end", UNKNOWN_SECRET.slice(0, -1)],
    ["a key with one more character", `${UNKNOWN_SECRET}0`],
    ["a line end behind it", `${UNKNOWN_SECRET}\n`],
    ["a space before it", ` ${UNKNOWN_SECRET}`],
    ["a random part of 31 characters", composeKey("lk", "live", "S".repeat(31))],
    ["a random part of 33 characters", composeKey("lk", "live", "S".repeat(33))],
    ["another environment", `lk_prod_${UNKNOWN_SECRET.slice(8)}`],
    ["characters out of base 62", composeKey("lk", "live", "-".repeat(32))],
    ["letters that only look like it", composeKey("lk", "live", "Ѕ".repeat(32))],
    ["two keys", UNKNOWN_SECRET + UNKNOWN_SECRET],
    ["a megabyte", "lk_live_".repeat(131_072)],
    ["a megabyte of brand", `${"a".repeat(1_048_576)}_live_`],
  ])("is not %s", (_case, text) => {
    expect(parseKey(text)).toBeUndefined();
  });

  it("is not junk of any kind, and junk does not throw", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (junk) => parseKey(junk) === undefined));
  });
});

describe("a key inside other text", () => {
  const hidden = (text: string) => text.replace(KEYS_IN_TEXT, "[redacted]");

  it.each([
    ["JSON", `{"key":"${UNKNOWN_SECRET}"}`, '{"key":"[redacted]"}'],
    ["JSON inside JSON", JSON.stringify(JSON.stringify({ key: UNKNOWN_SECRET })), '"{\\"key\\":\\"[redacted]\\"}"'],
    ["a URL", `/info?api_key=${UNKNOWN_SECRET}&x=1`, "/info?api_key=[redacted]&x=1"],
    ["a path", `/v1/keys/${UNKNOWN_SECRET}/revoke`, "/v1/keys/[redacted]/revoke"],
    ["a percent-encoded query", `%3Fapi_key%3D${UNKNOWN_SECRET}%26`, "%3Fapi_key%3D[redacted]%26"],
    ["a header", `authorization: Bearer ${UNKNOWN_SECRET}`, "authorization: Bearer [redacted]"],
    ["a command line", `--key=${UNKNOWN_SECRET};`, "--key=[redacted];"],
    ["a row of keys", `${UNKNOWN_SECRET},${UNKNOWN_SECRET}`, "[redacted],[redacted]"],
    ["glued keys", UNKNOWN_SECRET + UNKNOWN_SECRET, "[redacted][redacted]"],
    ["a word before it", `KEY:${UNKNOWN_SECRET}`, "KEY:[redacted]"],
  ])("is found in %s", (_case, text, expected) => {
    expect(hidden(text)).toBe(expected);
  });

  it("is found whatever surrounds it, even with a wrong checksum", () => {
    fc.assert(
      fc.property(
        fc.string(),
        brands,
        environments,
        randoms,
        fc.string(),
        (before, brand, environment, random, after) => {
          const text = `${before}${brand}_${environment}_${random}000000${after}`;
          expect(hidden(text)).not.toContain(random);
        },
      ),
    );
  });

  it("is not mistaken for a public id", () => {
    expect(hidden("key_4Tz0ZkX0b1TnVd4sWcYe client_4Tz0ZkX0b1TnVd4sWcYe")).not.toContain("[redacted]");
  });
});
