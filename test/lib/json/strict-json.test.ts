import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { parseStrictJson } from "../../../src/lib/json/strict-json.ts";
import { runs } from "../../support/runs.ts";

const parse = (text: string) => parseStrictJson(new TextEncoder().encode(text));
const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

describe("a body of JSON", () => {
  it("is parsed as by JSON.parse", () => {
    const plain = fc.jsonValue({ maxDepth: 5 });
    fc.assert(
      fc.property(plain, (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes("\\u0000") && !/\\ud[89a-f]/.test(text));
        expect(parse(text)).toEqual({ kind: "parsed", value: JSON.parse(text) });
      }),
    );
  });

  it.each(["null", "false", "0", '""'])("may be %s, which is a value too", (text) => {
    expect(parse(text)).toEqual({ kind: "parsed", value: JSON.parse(text) });
  });

  it("may repeat a name in another object", () => {
    expect(parse('{"a":{"a":1},"b":[{"a":2},{"a":3}]}').kind).toBe("parsed");
  });

  it("may have a name as a value, too", () => {
    expect(parse('{"a":"a","b":["a","a","b"]}').kind).toBe("parsed");
  });

  it("may have brackets, quotes and colons inside strings", () => {
    expect(parse(`{"a":"${"[{".repeat(50)}","b":"\\"a\\":","c\\\\":1}`).kind).toBe("parsed");
  });

  it("may be nested 200 levels deep, and not 201", () => {
    expect(parse(nested(200)).kind).toBe("parsed");
    expect(parse(nested(201))).toEqual({ kind: "refused", violation: "depth" });
  });

  it("may have any number of siblings", () => {
    expect(parse(`[${Array(100).fill("[]").join()}]`).kind).toBe("parsed");
  });

  it.each<[string, string, string]>([
    ["nothing at all", "", "syntax"],
    ["half an object", '{"a":', "syntax"],
    ["a comma too many", "[1,]", "syntax"],
    ["NaN", "NaN", "syntax"],
    ["a byte order mark", "\uFEFF{}", "syntax"],
    ["a name twice", '{"a":1,"b":2,"a":3}', "duplicate-name"],
    ["a name twice, once escaped", '{"a":1,"\\u0061":2}', "duplicate-name"],
    ["a name twice, far inside", '[{"x":[{"a":1,"a":2}]}]', "duplicate-name"],
    ["a name twice, with an object between", '{"a":{"b":1},"a" :2}', "duplicate-name"],
    ["__proto__ twice", '{"__proto__":1,"__proto__":2}', "duplicate-name"],
    ["U+0000 in a text", '["\\u0000"]', "characters"],
    ["U+0000 in a name", '{"\\u0000":1}', "name-characters"],
    ["half a surrogate pair", '["\\ud83d"]', "characters"],
  ])("is refused with %s", (_case, text, violation) => {
    expect(parse(text)).toEqual({ kind: "refused", violation });
  });

  it("may have unusual characters in its values where only names are of interest", () => {
    const unusual = parseStrictJson(new TextEncoder().encode('{"a":["\\u0000","\\ud83d"]}'), "in-names");
    expect(unusual).toEqual({ kind: "parsed", value: { a: ["\0", "\ud83d"] } });
    for (const name of ["a\\u0000", "\\udc00"]) {
      const text = `{"a":{"${name}":1}}`;
      expect(parseStrictJson(new TextEncoder().encode(text), "in-names")).toEqual({
        kind: "refused",
        violation: "name-characters",
      });
    }
  });

  it.each([
    ["a byte that is never in UTF-8", [0x22, 0xff, 0x22]],
    ["an overlong slash", [0x22, 0xc0, 0xaf, 0x22]],
    ["a surrogate", [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ["UTF-16", [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]],
  ])("is refused with %s", (_case, bytes) => {
    expect(parseStrictJson(Uint8Array.from(bytes))).toEqual({ kind: "refused", violation: "encoding" });
  });

  it("is parsed or refused, whatever the bytes, and never throws", () => {
    const junk = fc.oneof(
      fc.uint8Array(),
      fc.string({ unit: fc.constantFrom(...'{}[]":,\\u0a1 ') }).map((text) => new TextEncoder().encode(text)),
    );
    fc.assert(fc.property(junk, (bytes) => ["parsed", "refused"].includes(parseStrictJson(bytes).kind)));
  });

  it("is refused for its first violation, as found token by token", () => {
    const names = fc.constantFrom("a", "\\u0061", "b", "", "\\\\", '\\"', "é", "\\u0000", "\\ud83d", "\\ud83d\\ude00");
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom("1", "true", "null", "-1.5e3"),
        names.map((name) => `"${name}"`),
        fc.array(tie("value"), { maxLength: 3 }).map((items) => `[ ${items.join(" ,")}]`),
        fc
          .array(fc.tuple(names, fc.constantFrom("", " ", "\n\t"), tie("value")), { maxLength: 3 })
          .map((members) => `{${members.map(([name, space, one]) => `"${name}"${space}:${space}${one}`).join()}}`),
      ),
    }));
    fc.assert(
      fc.property(value, (text) => {
        const outcome = parse(String(text));
        expect(outcome.kind === "refused" ? outcome.violation : undefined).toBe(byTokens(String(text)));
      }),
      { numRuns: runs(1_000) },
    );
  });
});

/** The obvious way, with a regular expression. */
function byTokens(text: string) {
  const open: (Set<string> | null)[] = [];
  for (const [token, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g)) {
    if (token === "{" || token === "[") open.push(token === "{" ? new Set() : null);
    else if (token === "}" || token === "]") open.pop();
    else {
      const string: string = JSON.parse(colon === undefined ? token : token.slice(0, -colon.length));
      if (string.includes("\0") || !string.isWellFormed())
        return colon === undefined ? "characters" : "name-characters";
      const names = colon === undefined ? undefined : open.at(-1);
      if (names?.has(string)) return "duplicate-name";
      names?.add(string);
    }
  }
  return undefined;
}
