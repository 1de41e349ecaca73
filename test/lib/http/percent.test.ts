import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { isWellEncoded } from "../../../src/lib/http/percent.ts";

describe("a percent-encoded target", () => {
  it.each(["/data", "/k/a%20b", "/k/%C3%A9", "/k/%25zz", "/k/é", "", "/%F0%9F%94%91"])(
    "%s is well encoded",
    (target) => {
      expect(isWellEncoded(target)).toBe(true);
    },
  );

  it.each([
    ["%zz", "no hexadecimal digits"],
    ["%", "no digits at all"],
    ["%4", "one digit"],
    ["%00", "U+0000"],
    ["a%00b", "U+0000 inside"],
    ["%C3", "UTF-8 that is cut off"],
    ["%80", "UTF-8 that begins in the middle"],
    ["%C0%AF", "an overlong slash"],
    ["%ED%A0%80", "a surrogate"],
    ["%FF", "a byte that is never in UTF-8"],
    ["%u0041", "an encoding of old scripts"],
  ])("%s is not: %s", (target) => {
    expect(isWellEncoded(`/k/${target}`)).toBe(false);
  });

  it("that was encoded from any text is well encoded, and none makes it throw", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(isWellEncoded(encodeURIComponent(text))).toBe(!text.includes("\0"));
      }),
    );
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("%", "0", "8", "C", "f", "/") }),
        (text) => void isWellEncoded(text),
      ),
    );
  });
});
