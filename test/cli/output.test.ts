import { describe, expect, it } from "@jest/globals";
import { toJson, toSheet } from "../../src/cli/output.ts";

describe("a sheet", () => {
  it("lines up the values behind the names", () => {
    expect(toSheet({ id: "key_1", "ends in": "abcd" })).toBe("id       key_1\nends in  abcd\n");
  });
});

describe("JSON for programs", () => {
  it("is one line", () => {
    expect(toJson({ name: "two\nlines" })).toBe('{"name":"two\\nlines"}\n');
  });
});
