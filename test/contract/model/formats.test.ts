import { describe, expect, it } from "@jest/globals";
import { fullFormats } from "ajv-formats/dist/formats.js";
import { checkPatterns } from "../../../src/contract/checks/patterns.ts";
import { FORMATS, isUrl } from "../../../src/contract/model/formats.ts";
import { toOutline } from "../../../src/contract/model/outline.ts";

describe("the format url", () => {
  it.each(["http://example.com", "https://user:word@example.com:8080/a?b#c", "ftp://[::1]/", "HTTPS://bücher.example"])(
    "admits %s",
    (text) => expect(isUrl(text)).toBe(true),
  );

  it.each(["", "example.com", "mailto:a@example.com", "http://", "http://a b", "https://example.com:99999", "//a"])(
    "refuses %j",
    (text) => expect(isUrl(text)).toBe(false),
  );

  it("ends at once for a text on which Ajv's own expression backtracks", () => {
    expect(isUrl(`http://${":".repeat(60_000)}@ `)).toBe(false);
  });
});

describe("every format that is an expression", () => {
  const expressions = Object.entries(FORMATS).flatMap(([name, format]) =>
    format instanceof RegExp ? [[name, format] as const] : [],
  );

  it.each(expressions)("is one that would pass the check of patterns: %s", (_, { source, flags }) => {
    const findings: string[] = [];
    const pattern = flags.includes("i") ? `(?i:${escaped(source)})` : escaped(source);
    checkPatterns(
      toOutline({ components: { schemas: { Text: { pattern } } } }),
      (_pointer, message) => void findings.push(message),
    );
    expect(findings).toEqual([]);
  });

  it("but for the one that is replaced", () => {
    expect(fullFormats.url).toBeInstanceOf(RegExp);
    expect(FORMATS.url).toBe(isUrl);
  });
});

/** The flag u wants fewer escapes. */
function escaped(source: string): string {
  return source.replaceAll(/\\([~!"#%&',:;<=>@`-])/g, (_all, character) => (character === "-" ? "\\-" : character));
}
