import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Pointer } from "../../../src/contract/document/finding.ts";
import { parseJson } from "../../../src/contract/document/parse-json.ts";
import { contractFiles, lineWith } from "../../support/model/contract.ts";

const contractOf = contractFiles();

/** The comment makes it YAML that is not JSON. */
const readAsYaml = (json: string) => contractOf(`${json}\n# a comment`);

function pointersIn(value: unknown, pointer: Pointer = []): readonly Pointer[] {
  if (typeof value !== "object" || value === null) return [pointer];
  const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return [pointer, ...entries.flatMap(([step, child]) => pointersIn(child, [...pointer, step]))];
}

describe("a contract in JSON", () => {
  it("has the content and the lines that it has when it is read as YAML", () => {
    const documents = fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 6 });
    const indents = fc.constantFrom(0, 1, 2, 4);
    fc.assert(
      fc.property(documents, indents, (document, indent) => {
        const json = JSON.stringify(document, null, indent);
        const [parsed, yaml] = [parseJson(json), readAsYaml(json)];
        expect(parsed?.document).toEqual(yaml.document);
        for (const pointer of [...pointersIn(document), ["paths"], ["paths", "/none", 1]]) {
          expect([pointer, parsed?.lineOf(pointer)]).toEqual([pointer, yaml.lineOf(pointer)]);
        }
      }),
    );
  });

  it.each([
    '{"a": 1, "a": 2}',
    '{"a": 1, "\\u0061": 2}',
    `{"a": ${"[".repeat(200)}${"]".repeat(200)}}`,
    '{"a": 1,}',
    "[1]",
    "a: 1",
    "",
  ])("is left to the parser of YAML when something is wrong with it: %j", (text) => {
    expect(parseJson(text)).toBeUndefined();
  });

  it("may be deeply nested, and large", () => {
    const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`/path-${index}`, { get: {} }]));
    const json = JSON.stringify({ paths: wide, deep: JSON.parse(`${"[".repeat(190)}${"]".repeat(190)}`) }, null, 1);
    const parsed = parseJson(json);
    expect(parsed?.lineOf(["paths", "/path-19999", "get"])).toBe(lineWith(json, "/path-19999") + 1);
    expect(parsed?.lineOf(["deep", ...Array.from({ length: 190 }, () => 0)])).toBe(lineWith(json, "deep") + 189);
  });
});
