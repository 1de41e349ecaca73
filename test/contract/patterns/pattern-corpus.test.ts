import { describe, expect, it } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import { SMALL_BODY_BYTES } from "../../../src/contract/model/bodies/operation-body.ts";
import { toOutline } from "../../../src/contract/model/outline.ts";
import { checkPatterns, LONGEST_TEXT } from "../../../src/contract/patterns/patterns.ts";
import { type Attack, stalledBy } from "../../support/wire/attacks.ts";
import { type CorpusEntry, HARMFUL, HARMLESS } from "./pattern-corpus.ts";

function findingsOn([pattern, maxLength]: CorpusEntry): readonly string[] {
  const findings: string[] = [];
  const schema = { type: "string", pattern, ...(maxLength !== undefined && { maxLength }) };
  checkPatterns(
    toOutline({ components: { schemas: { Text: schema } } }),
    (_pointer, message) => void findings.push(message),
  );
  return findings;
}

/** Many times what the slowest of them takes on an idle machine. */
const MAX_MS = 60_000;

describe("the check of patterns", () => {
  it.each(HARMLESS)("lets a pattern pass that is harmless: %s %s", (...entry) => {
    expect(findingsOn(entry)).toEqual([]);
  });

  it.each(HARMFUL)("finds a pattern that stalls the service: %s %s", (...entry) => {
    const [finding = ""] = findingsOn(entry);
    expect(finding).toMatch(/^the pattern .* can backtrack for a long time.*: (?:add a maxLength|rewrite it)/s);
  });

  it("names a maxLength with which the pattern passes", () => {
    for (const [pattern] of HARMFUL) {
      const [, length] = /maxLength beside it, of at most (\d+)/.exec(findingsOn([pattern])[0] ?? "") ?? [];
      if (length !== undefined) expect(findingsOn([pattern, Number(length)])).toEqual([]);
    }
  });

  it("lets nothing pass on which the longest texts that the service takes are slow", async () => {
    const passed = [...HARMLESS, ...HARMFUL].filter((entry) => findingsOn(entry).length === 0);
    const attacks = passed.map(
      ([pattern, maxLength = LONGEST_TEXT]): Attack => ({
        pattern,
        longest: maxLength,
        times: Math.ceil(2_000 / maxLength),
      }),
    );
    expect(attacks.length).toBeGreaterThanOrEqual(50);
    expect(await stalledBy(attacks, MAX_MS)).toEqual([]);
  }, 600_000);

  it("knows how long a text can be", () => {
    expect(LONGEST_TEXT).toBe(SMALL_BODY_BYTES);
  });

  it("may rely on a maxLength that stands beside a pattern: the validator looks at a longer text no further", () => {
    const validate = new Ajv2020({ strict: false }).compile({ pattern: "^(a+)+$", maxLength: 20 });
    expect(validate(`${"a".repeat(60_000)}!`)).toBe(false);
  });
});

describe("the check of hostile patterns", () => {
  it.each([
    ["a long one", "a".repeat(20_000)],
    ["a deep one", `${"(".repeat(3_000)}${")".repeat(3_000)}`],
    ["options without end", "(a?){1000}"],
    ["repetition in repetition", "(?:(?:(?:a{1000}){1000}){1000}b?){1000}x{1000}y{1000}z{1000}w{1000}"],
    [
      "references to references",
      `()${Array.from({ length: 40 }, (_, index) => `(\\${index + 1}\\${index + 1})`).join("")}`,
    ],
    ["options in options", "(?:(?:(?:(?:(?:a{0,30}b?){0,30}c?){0,30}))*x)+"],
    [
      "many classes",
      `^(?:${Array.from({ length: 900 }, (_, index) => `[\\p{L}${index}-\\u{${(0x4e00 + index).toString(16)}}]`).join("|")})*$`,
    ],
    ["looks in looks", `^${"(?=(?:a|b)*".repeat(80)}${")".repeat(80)}$`],
    ["sets of states without end", "^(?:a|b)*a(?:a|b){60}(?:a|b){0,60}$"],
  ])("ends with a finding or without, and not by the clock: %s", (_, pattern) => {
    expect(findingsOn([pattern]).length).toBeLessThanOrEqual(1);
  });

  it("ends when there are more of them than are looked at, and says so", () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`S${index}`, { pattern: `(a?){${900 + (index % 100)}}x${index}` }]),
    );
    const findings: string[] = [];
    checkPatterns(toOutline({ components: { schemas } }), (_pointer, message) => void findings.push(message));
    expect(findings).toHaveLength(500);
    expect(findings.at(-1)).toMatch(/too many patterns/);
  });
});
