import { describe, expect, it } from "@jest/globals";
import { loadDocument } from "../../../src/contract/document/load.ts";
import { toOpenApiDocument } from "../../../src/contract/document/openapi-document.ts";
import { createCheckText } from "../../../src/contract/model/check-text.ts";
import { BUILT_IN_CONTRACT } from "../../../src/service/built-in-contract.ts";

const checkText = createCheckText(toOpenApiDocument(loadDocument(BUILT_IN_CONTRACT).document));

describe("the name of a key", () => {
  it.each(["nightly import", "a", "é", "🔑", "日本語", "a.b/c", "a".repeat(100), "🔑".repeat(100)])(
    "may be %s",
    (text) => {
      expect(checkText("KeyName", text)).toBeUndefined();
    },
  );

  it("must not be empty", () => {
    expect(checkText("KeyName", "")).toBe("must not be empty");
  });

  it("must have at most 100 characters, however many units they take", () => {
    expect(checkText("KeyName", "a".repeat(101))).toBe("must have at most 100 characters");
    expect(checkText("KeyName", "🔑".repeat(101))).toBe("must have at most 100 characters");
  });

  it.each([
    ["a line end", "a\nb"],
    ["a line end behind it", "a\n"],
    ["a space before it", " a"],
    ["a space behind it", "a "],
    ["only a space", " "],
    ["a tab", "a\tb"],
    ["U+0000", "a\0b"],
    ["an escape sequence", "\u001b[31mred"],
    ["a zero-width space", "a\u200bb"],
    ["a change of direction", "a\u202eb"],
    ["a byte order mark", "\ufeffa"],
  ])("must not hold %s", (_case, text) => {
    expect(checkText("KeyName", text)).toMatch(/^is not valid: A name for the key\./);
  });
});

describe("the name of a client", () => {
  it.each(["a/b", "a\\b", "/"])("must not be %s, which could not stand in a path", (text) => {
    expect(checkText("ClientName", text)).toMatch(/^is not valid/);
  });
});

describe("a text that the contract describes", () => {
  it("has no objections of a schema that is not there", () => {
    expect(() => checkText("Nothing", "a")).toThrow("The contract has no schema Nothing.");
  });

  it("is refused where its schema sets no upper bound", () => {
    const unbounded = { components: { schemas: { Text: { type: "string" } } } };
    expect(createCheckText(toOpenApiDocument(unbounded))("Text", "a")).toBe("must have at most 0 characters");
  });
});
