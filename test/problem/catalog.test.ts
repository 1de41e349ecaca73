import { describe, expect, it } from "@jest/globals";
import { isProblemCode, PROBLEMS } from "../../src/problem/catalog.ts";

const ENTRIES = Object.entries(PROBLEMS);

describe("the catalogue of problems", () => {
  it.each(ENTRIES)("calls %s by a kebab-case code, with an error status, a title and an explanation", (code, entry) => {
    expect(code).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
    expect(entry.status).toBeGreaterThanOrEqual(400);
    expect(entry.status).toBeLessThanOrEqual(599);
    expect(entry.title).toMatch(/^[A-Z][^.]+[^.]$/);
    expect(entry.about).toMatch(/^[A-Z].+\.$/);
  });

  it("never uses the same title for two problems", () => {
    expect(new Set(ENTRIES.map(([, { title }]) => title)).size).toBe(ENTRIES.length);
  });

  it("knows its own codes and no others, not even those that every object inherits", () => {
    expect(ENTRIES.every(([code]) => isProblemCode(code))).toBe(true);
    for (const text of ["", "no-such-problem", "NOT-FOUND", "constructor", "__proto__", "toString"]) {
      expect(isProblemCode(text)).toBe(false);
    }
  });
});
