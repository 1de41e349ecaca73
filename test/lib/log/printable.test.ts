import { describe, expect, it } from "@jest/globals";
import { toPrintable, toPrintableLine } from "../../../src/lib/log/printable.ts";

describe("a text for a terminal", () => {
  it.each([
    ["an escape sequence", "\u001b[2Ja", "\\u001b[2Ja"],
    ["an escape sequence in one character", "\u009b2J", "\\u009b2J"],
    ["a carriage return", "a\rb", "\\u000d"],
    ["a tab", "\t", "\\u0009"],
    ["a backspace", "\b", "\\u0008"],
    ["DEL", "\u007f", "\\u007f"],
    ["another direction", "\u202eabc\u202c", "\\u202eabc\\u202c"],
    ["an isolate", "\u2066", "\\u2066"],
    ["a mark of direction", "\u200e\u200f\u061c", "\\u200e\\u200f\\u061c"],
    ["a separator of lines or paragraphs", "\u2028\u2029", "\\u2028\\u2029"],
    ["a character of no width", "\u200b\u2060\ufeff\u00ad", "\\u200b\\u2060\\ufeff\\u00ad"],
    ["a blank that is a letter", "\u3164", "\\u3164"],
    ["a tag", "\u{e0041}", "\\udb40\\udc41"],
    ["half a pair", "\ud800", "\\ud800"],
  ])("has %s escaped", (_, text, expected) => {
    expect(toPrintable(text)).toContain(expected);
    expect(JSON.parse(toPrintable(JSON.stringify([text])))).toEqual([text]);
  });

  it.each(["", "a\nb", "Grüße, 世界", "مرحبا", "❤\ufe0f 👍🏽", "\\u001b"])("is otherwise not changed: %j", (text) => {
    expect(toPrintable(text)).toBe(text);
  });

  it("has no line feed if it is a line", () => {
    expect(toPrintableLine("a\nb\u001b")).toBe("a\\nb\\u001b");
  });
});
