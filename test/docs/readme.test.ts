import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";

const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

describe("the README", () => {
  it("names only scripts that exist", () => {
    const { scripts } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    const named = [...README.matchAll(/(?:npm run (?:-s )?|`)((?:test|check):?[a-z]*|generate|latchkey|build)\b/g)];
    for (const [, name = ""] of named) expect(Object.keys(scripts)).toContain(name);
  });
});
