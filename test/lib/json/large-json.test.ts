import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { parseLargeJson } from "../../../src/lib/json/large-json.ts";
import { parseStrictJson } from "../../../src/lib/json/strict-json.ts";
import { runs } from "../../support/runs.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const atOnce = async () => {};

/** In slices of a few characters. */
const parse = (text: string) => parseLargeJson(encode(text), { pause: atOnce, charactersPerSlice: 3 });

/** How often parsing lets other work run. */
async function pausesFor(text: string): Promise<number> {
  let pauses = 0;
  await parseLargeJson(encode(text), { pause: async () => void pauses++ });
  return pauses;
}

describe("a large body of JSON", () => {
  it("has the same value as a small one", async () => {
    const texts = fc.oneof(
      fc.json({ maxDepth: 4, noUnicodeString: false }),
      fc.jsonValue().map((value) => JSON.stringify(value, null, 1)),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => expect(await parse(text)).toEqual(parseStrictJson(encode(text)))),
      { numRuns: runs(500) },
    );
  });

  it("is refused where a small one is", async () => {
    const damaged = fc
      .tuple(
        fc.json({ maxDepth: 3 }),
        fc.nat(),
        fc.constantFrom("", ",", '"', "]", "}", "\\", "0", "-", "e", "\n", "t", ":"),
      )
      .map(
        ([text, at, character]) =>
          text.slice(0, at % (text.length + 1)) + character + text.slice((at % (text.length + 1)) + 1),
      );
    await fc.assert(
      fc.asyncProperty(damaged, async (text) =>
        expect((await parse(text)).kind).toBe(parseStrictJson(encode(text)).kind),
      ),
      { numRuns: runs(2_000) },
    );
  });

  it.each([
    ["nothing", "", "syntax"],
    ["a text that does not end", '"abc', "syntax"],
    ["two values", "1 2", "syntax"],
    ["a comma too many", "[1,]", "syntax"],
    ["a bracket of the other kind", '{"a":1]', "syntax"],
    ["a closing bracket alone", "]", "syntax"],
    ["a number with a leading zero", "[01]", "syntax"],
    ["a line break in a text", '"a\nb"', "syntax"],
    ["an unknown escape", '"\\x"', "syntax"],
    ["a name twice", '{"a":1,"\\u0061":2}', "duplicate-name"],
    ["__proto__ twice", '{"__proto__":1,"__proto__":2}', "duplicate-name"],
    ["U+0000", '"\\u0000"', "characters"],
    ["half a surrogate pair", '"\\ud800"', "characters"],
    ["U+0000 in a name", '{"\\u0000":1}', "name-characters"],
    ["201 levels", `${"[".repeat(201)}${"]".repeat(201)}`, "depth"],
  ])("is refused for %s", async (_, text, violation) => {
    expect(await parse(text)).toEqual({ kind: "refused", violation });
  });

  it("may have unusual characters in its values where only names are of interest", async () => {
    const text = '{"a":["\\u0000","\\ud83d"]}';
    expect(await parseLargeJson(encode(text), { characters: "in-names" })).toEqual(
      parseStrictJson(encode(text), "in-names"),
    );
    expect(await parseLargeJson(encode('{"\\u0000":1}'), { characters: "in-names" })).toMatchObject({
      violation: "name-characters",
    });
  });

  it("keeps __proto__ as an ordinary name", async () => {
    const outcome = await parse('{"__proto__":{"admin":true}}');
    expect(outcome).toEqual({ kind: "parsed", value: JSON.parse('{"__proto__":{"admin":true}}') });
  });

  it("lets other work run after every 65,536 characters", async () => {
    const million = `[${"1,".repeat(500_000)}1]`;
    expect(await pausesFor(million)).toBe(Math.floor(million.length / 65_536));
    expect(await pausesFor(`[${"{},".repeat(100_000)}1]`)).toBe(4);
  });
});
