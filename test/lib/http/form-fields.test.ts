import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { parseFormFields } from "../../../src/lib/http/form-fields.ts";
import { runs } from "../../support/runs.ts";

const parse = (text: string) => parseFormFields(Buffer.from(text));

function pairsOf(text: string): readonly (readonly [string, string])[] | string {
  const outcome = parse(text);
  return outcome.kind === "read" ? outcome.pairs.map(({ name, text: value }) => [name, value]) : outcome.why;
}

describe("the fields of a form", () => {
  it("are those of URLSearchParams", () => {
    const pairs = fc.array(fc.tuple(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" })), {
      maxLength: 5,
    });
    const wild = fc.array(fc.constantFrom("a", "=", "&", "+", "%20", "%3D", "%26", "é", "%C3%A9", ";", "[", "]", "😀"));
    const texts = fc.oneof(
      pairs.map((list) => new URLSearchParams(list.map(([name, value]): [string, string] => [name, value])).toString()),
      wild.map((pieces) => pieces.join("")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        fc.pre(!text.includes("%00"));
        expect(pairsOf(text)).toEqual([...new URLSearchParams(text)]);
      }),
      { numRuns: runs(1_000) },
    );
  });

  it("keep the order and the repetitions of names, whatever these are", () => {
    expect(pairsOf("a=1&__proto__=2&a=3&a")).toEqual([
      ["a", "1"],
      ["__proto__", "2"],
      ["a", "3"],
      ["a", ""],
    ]);
  });

  it.each([
    ["a percent sign alone", "a=100%"],
    ["half an encoding", "a=%4"],
    ["an encoding of something else", "a=%zz"],
    ["bytes that are not UTF-8", "a=%ff"],
    ["half a character", "a=%c3"],
    ["a surrogate", "a=%ed%a0%80"],
    ["U+0000", "a=%00"],
    ["U+0000 in a name", "%00=a"],
    ["a thousand fields and one", "a=1&".repeat(1_001)],
  ])("are refused with %s", (_, text) => expect(pairsOf(text)).toEqual(expect.any(String)));

  it("are refused with bytes that are not UTF-8 and not encoded", () => {
    expect(parseFormFields(Buffer.from([0x61, 0x3d, 0xff])).kind).toBe("refused");
  });

  it("are not hidden behind any number of separators", () => {
    expect(pairsOf(`${"&".repeat(5_000)}a=1`)).toEqual([["a", "1"]]);
  });
});
