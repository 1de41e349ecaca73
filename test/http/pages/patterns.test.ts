import { describe, expect, it } from "@jest/globals";

const PATTERNS = new URL("../../../src/http/pages/assets/patterns.js", import.meta.url);

describe("the document that Swagger UI gets", () => {
  it("has no pattern that a browser would misread, and everything else", async () => {
    const { withReadablePatterns } = await import(PATTERNS.href);
    const parameter = (pattern: unknown) => ({ name: "q", in: "query", schema: { type: "string", pattern } });
    const without = { name: "q", in: "query", schema: { type: "string" } };
    const kept = ["^[a-z]+$", "^[\\w-.]+$", "^a\\-b$", { type: "string" }];
    const dropped = ["^\\p{L}+$", "(?i)^abc$", "\\A[a-z]\\z", "^\\u{1F600}$", "("];
    expect(withReadablePatterns(kept.map(parameter))).toEqual(kept.map(parameter));
    expect(withReadablePatterns(dropped.map(parameter))).toEqual(dropped.map(() => without));
  });
});
