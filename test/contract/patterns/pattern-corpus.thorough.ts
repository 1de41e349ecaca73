import { describe, expect, it } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { checkPatterns } from "../../../src/contract/checks/patterns.ts";
import { toOutline } from "../../../src/contract/model/outline.ts";
import { toAutomata } from "../../../src/contract/patterns/automaton.ts";
import { createCharacterReader } from "../../../src/contract/patterns/character-sets.ts";
import { compileLinear, compilePattern } from "../../../src/contract/patterns/compile-pattern.ts";
import { toLinearPattern } from "../../../src/contract/patterns/linear-pattern.ts";
import {
  LONGEST_TEXT,
  MOST_PIECES,
  MOST_STEPS,
  type PatternPlan,
  toPatternPlan,
} from "../../../src/contract/patterns/pattern-plan.ts";
import { compileAutomata } from "../../../src/contract/patterns/run-automata.ts";
import { parsePattern } from "../../../src/contract/patterns/trim-pattern.ts";
import { attacksOn } from "../../support/patterns/attacks.ts";
import { countSteps } from "../../support/patterns/count-steps.ts";
import { runs } from "../../support/runs.ts";
import { type CorpusEntry, HARMFUL, HARMLESS, LOOKING, REFUSED, SIMPLIFIED } from "./pattern-corpus.ts";

function findingsOn([pattern, maxLength]: CorpusEntry): readonly string[] {
  const findings: string[] = [];
  const schema = { type: "string", pattern, ...(maxLength !== undefined && { maxLength }) };
  checkPatterns(
    toOutline({ components: { schemas: { Text: schema } } }),
    (_pointer, message) => void findings.push(message),
  );
  return findings;
}

function planOf(pattern: string): PatternPlan {
  const plan = toPatternPlan(pattern);
  if ("kind" in plan) throw new Error(`${pattern} is ${plan.kind}`);
  return plan;
}

/** Long enough for a quadratic number of steps to show. */
const ATTACK_LENGTH = 150;

/** The most steps that an attack costs the engine of JavaScript, for each character. */
function worstSteps(source: string, length: number): number {
  let worst = 0;
  for (const text of attacksOn(source, length)) {
    worst = Math.max(worst, countSteps(source, text, 2 * MOST_STEPS * (length + 1)) / (length + 1));
    if (worst > MOST_STEPS) break;
  }
  return worst;
}

describe("the check of patterns", () => {
  it.each(HARMLESS)("lets a pattern pass that is harmless: %s %s", (...entry) => {
    expect(findingsOn(entry)).toEqual([]);
  });

  it.each(HARMFUL)("lets a pattern pass that RE2 tests in linear time: %s %s", (pattern, maxLength = LONGEST_TEXT) => {
    expect(findingsOn([pattern, maxLength])).toEqual([]);
    const { nativeLength, linear } = planOf(pattern);
    expect(nativeLength).toBeLessThan(maxLength);
    expect(linear?.kind === "re2" && linear.pieces <= MOST_PIECES).toBe(true);
  });

  it.each(LOOKING)("lets a pattern pass that is followed in all ways at once: %s %s", (...entry) => {
    expect(findingsOn(entry)).toEqual([]);
    expect(planOf(entry[0]).linear?.kind).not.toBe("re2");
  });

  it.each(REFUSED)("finds a pattern that would stall the service: %s %s", (...entry) => {
    const [finding = ""] = findingsOn(entry);
    expect(finding).toMatch(/^the pattern .* can backtrack for a long time.*: (?:add a maxLength|rewrite it)/s);
  });

  it("names a maxLength with which the pattern passes", () => {
    const named = REFUSED.flatMap(([pattern]) => {
      const [, length] = /maxLength of at most (\d+)/.exec(findingsOn([pattern])[0] ?? "") ?? [];
      return length === undefined ? [] : [[pattern, Number(length)] as const];
    });
    expect(named.length).toBeGreaterThan(1);
    for (const entry of named) expect(findingsOn(entry)).toEqual([]);
  });

  it.each([...HARMLESS, ...HARMFUL, ...SIMPLIFIED])(
    "lets nothing pass on which a text takes the engine many steps: %s %s",
    (pattern, maxLength = LONGEST_TEXT) => {
      const { expression, nativeLength, linear } = planOf(pattern);
      const longest = linear === undefined ? maxLength : Math.min(maxLength, nativeLength);
      const length = Math.min(longest, ATTACK_LENGTH);
      expect(worstSteps(expression.source, length)).toBeLessThanOrEqual(MOST_STEPS);
    },
  );

  it("is tested with attacks that find nearly all that is harmful", () => {
    const harmful = [...HARMFUL, ...REFUSED];
    const found = harmful.filter(([pattern, maxLength = ATTACK_LENGTH]) => {
      return worstSteps(pattern, Math.min(maxLength, ATTACK_LENGTH)) > 15;
    });
    expect(found.length).toBeGreaterThan(0.9 * harmful.length);
  });

  it("may rely on a maxLength that stands beside a pattern: the validator looks at a longer text no further", () => {
    const validate = new Ajv2020({ strict: false }).compile({ pattern: "^(a+)+$", maxLength: 20 });
    expect(validate(`${"a".repeat(60_000)}!`)).toBe(false);
  });
});

describe("a pattern of another dialect", () => {
  it.each([
    ["^[A-Za-z\\-_]+$", "a-b_", "a.b"],
    ["^https\\:\\/\\/", "https://x", "http://x"],
    ["^[\\w-.]+$", "a-b.c", "a b"],
    ["^{[a-z]+}$", "{a}", "a"],
    ["(?i)^abc$", "ABC", "abd"],
    ["\\A[a-z]+\\z", "abc", "AabcZ"],
    ["^\\p{L}\\-\\p{N}$", "é-1", "p{L}-p{N}"],
    ["^\\p{Alnum}+$", "aB3", "a-b"],
    ["^.\\-$", "😀-", "aa-"],
    ["(?P<year>\\d{4})", "2024", "x"],
    ["[^", "anything", undefined],
  ])("means the same as in OpenAPI 3.0, and as its author wrote it: %s", (pattern, valid, invalid) => {
    const { test } = compilePattern(pattern);
    expect(test(valid)).toBe(true);
    if (invalid !== undefined) expect(test(invalid)).toBe(false);
  });

  it("is read with a warning where ECMA-262 does not have it", () => {
    expect(findingsOn(["(?i)^abc$"])).toEqual([
      "the pattern (?i)^abc$ has (?i), which ECMA-262 does not know, and is read as (?i:^abc$): write it so",
    ]);
    expect(findingsOn(["[^"])).toEqual([
      "the pattern [^ is not a regular expression (ECMA-262), so it is not checked: correct it",
    ]);
    expect(findingsOn(["^[A-Za-z0-9\\-\\_]+$"])).toEqual([]);
  });
});

const ATOMS = [
  "a",
  "b",
  "[ab]",
  "[^a]",
  ".",
  "\\w",
  "\\s",
  "\\b",
  "(?:a|b)",
  "(?:ab)",
  "^",
  "$",
  "(?=a)",
  "(?!b)",
  "(?<=a)",
  "(?<!b)",
  "(?=[ab]*$)",
  "(?!(?=.b)a+)",
  "(?<=(?!a)b*)",
  "(?<!^a*)",
  "(?m:^)",
  "(?m:$)",
  "\\B",
];
const REPETITIONS = ["", "", "", "*", "+", "?", "{2}", "{1,3}", "{5}", "{0,6}", "{2,7}", "{5,}"];
const isQuantifiable = (atom: string) => !/^(?:\^|\$|\\b|\\B|\(\?[=!<m])/.test(atom);

const patterns = (() => {
  const piece = fc
    .tuple(fc.constantFrom(...ATOMS), fc.constantFrom(...REPETITIONS))
    .map(([atom, repetition]) => (isQuantifiable(atom) ? atom + repetition : atom));
  const sequence = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(""));
  const group = fc
    .tuple(fc.array(sequence, { minLength: 1, maxLength: 2 }), fc.constantFrom(...REPETITIONS))
    .map(([list, repetition]) => `(${list.join("|")})${repetition}`);
  return fc.array(fc.oneof(sequence, group), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(""));
})();
const texts = fc.string({ unit: fc.constantFrom("a", "b", "c", " ", "😀", "\n"), maxLength: 12 });

describe("any pattern", () => {
  it("is tested as JavaScript does, by each engine", () => {
    let linears = 0;
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        // V8 finds \B between the two halves of a character, which is no place in a text (ECMA-262 §22.2.7.2).
        fc.pre(!(pattern.includes("\\B") && text.includes("😀")));
        const { expression, linear } = planOf(pattern);
        const expected = new RegExp(pattern, "u").test(text);
        expect(expression.test(text)).toBe(expected);
        const parsed = parsePattern({ source: pattern, flags: "u" });
        const whole = toLinearPattern(parsed, createCharacterReader("exact"));
        const planned = linear?.kind === "re2" ? linear.pattern : undefined;
        for (const one of [planned, whole].filter((found) => found !== undefined)) {
          linears++;
          expect(compileLinear(one)(text)).toBe(expected);
        }
        const automata = toAutomata(parsed, createCharacterReader("exact"));
        expect(automata && compileAutomata(automata)(text)).toBe(expected);
      }),
      { numRuns: runs(2_000) },
    );
    expect(linears).toBeGreaterThan(500);
  });

  it("takes few steps for each character of an attack, if the check lets it pass", () => {
    fc.assert(
      fc.property(patterns, fc.constantFrom(20, 60), (pattern, length) => {
        const { expression, nativeLength, linear, costAt } = planOf(pattern);
        const isRun = linear === undefined ? costAt(length)?.kind === "bounded" : length <= nativeLength;
        fc.pre(isRun);
        const attacks = attacksOn(expression.source, length);
        const most = MOST_STEPS * (length + 1);
        for (const text of attacks) expect(countSteps(expression.source, text, most)).toBeLessThan(most);
      }),
      { numRuns: runs(200) },
    );
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

  it("ends when there are more of them than are looked at", () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`S${index}`, { pattern: `(a?){${900 + (index % 100)}}x${index}` }]),
    );
    const findings: string[] = [];
    checkPatterns(toOutline({ components: { schemas } }), (_pointer, message) => void findings.push(message));
    expect(findings).toHaveLength(500);
    expect(findings.at(-1)).toMatch(/too large to be checked/);
  });
});
