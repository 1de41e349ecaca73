import { RegExpParser } from "@eslint-community/regexpp";
import type { Pointer, Report } from "../document/finding.ts";
import { asRecord } from "../document/json.ts";
import { eachNode, isNamedByPeople } from "../document/walk.ts";
import type { Outline } from "../model/outline.ts";
import { createCharacterReader } from "./character-sets.ts";
import { type Cost, costOf } from "./pattern-cost.ts";
import { type GraphDeps, PatternTooLarge } from "./pattern-graph.ts";

/** No text of a request is longer, for no body is. */
export const LONGEST_TEXT = 65_536;

/**
 * For each character that the service reads. A body full of texts that take so many is judged within 50 ms, measured at
 * 0.3 ns for each step.
 */
const MOST_STEPS_PER_CHARACTER = 2_000;

const MOST_CHARACTERS = 10_000;
const MOST_DEPTH = 200;

// Counted in steps and not in time: a busy machine would refuse a contract that it accepts at other times.
const WORK_FOR_PATTERN = 1_000_000;
const WORK_FOR_CONTRACT = 10_000_000;

/** What could be written beside a pattern, from the longest. */
const USUAL_LENGTHS = [1000, 250, 60];

/** Finds patterns on which a text could keep the service busy, or that are no expression at all. */
export function checkPatterns({ document }: Outline, report: Report) {
  const judge = createJudge();
  eachNode(document.root, (pointer, { pattern, patternProperties, maxLength }) => {
    if (isNamedByPeople(pointer)) return;
    const check = (place: Pointer, text: string, longest: number) => {
      const verdict = judge(text, longest);
      if (verdict !== undefined) report(place, verdict);
    };
    // The validator looks at a text that is too long no further, but only where both words stand in one schema.
    if (typeof pattern === "string") check([...pointer, "pattern"], pattern, toLength(maxLength));
    for (const name of Object.keys(asRecord(patternProperties)))
      check([...pointer, "patternProperties", name], name, LONGEST_TEXT);
  });
}

function toLength(maxLength: unknown): number {
  return Number.isInteger(maxLength) ? Math.min(Math.max(Number(maxLength), 0), LONGEST_TEXT) : LONGEST_TEXT;
}

/** Says what is wrong with a pattern that meets texts of at most `longest` characters; undefined when nothing is. */
type Judge = (pattern: string, longest: number) => string | undefined;

function createJudge(): Judge {
  const verdicts = new Map<string, string | undefined>();
  const read = createCharacterReader();
  let workLeft = WORK_FOR_CONTRACT;
  const judge: Judge = (pattern, longest) => {
    const unreadable = textViolation(pattern);
    if (unreadable !== undefined) return unreadable;
    if (workLeft <= 0) return TOO_MANY_FAILURES;
    const work = { left: Math.min(WORK_FOR_PATTERN, workLeft) };
    const before = work.left;
    try {
      return costViolation(pattern, longest, { read, work });
    } finally {
      workLeft -= before - work.left;
    }
  };
  return (pattern, longest) => {
    const name = `${longest} ${pattern}`;
    if (!verdicts.has(name)) verdicts.set(name, judge(pattern, longest));
    return verdicts.get(name);
  };
}

const TOO_MANY_FAILURES =
  "the contract has more patterns than are looked at, and this one is not: put an enum or a format in the place of some";

function textViolation(pattern: string): string | undefined {
  if (pattern.length > MOST_CHARACTERS || depthOf(pattern) > MOST_DEPTH) return tooLarge(pattern);
  try {
    new RegExp(pattern, "u");
    return undefined;
  } catch {
    return `the pattern ${shortened(pattern)} is no regular expression (ECMA-262 with the flag u): correct it`;
  }
}

function costViolation(pattern: string, longest: number, deps: GraphDeps): string | undefined {
  try {
    const cost = costAt(pattern, longest, deps);
    if (cost.kind === "bounded") return isRunnable(pattern) ? undefined : tooLarge(pattern);
    const sample = cost.sample === "" ? "" : ` on a text such as ${JSON.stringify(shortened(cost.sample, 40))}`;
    return `the pattern ${shortened(pattern)} can backtrack for long${sample}: ${wayOut(pattern, longest, deps)}`;
  } catch (error) {
    if (error instanceof PatternTooLarge) return tooLarge(pattern);
    throw error;
  }
}

function costAt(pattern: string, longest: number, deps: GraphDeps): Cost {
  const parsed = new RegExpParser().parsePattern(pattern, 0, pattern.length, { unicode: true });
  return costOf(parsed, { longest, stepsPerCharacter: MOST_STEPS_PER_CHARACTER }, deps);
}

function wayOut(pattern: string, longest: number, deps: GraphDeps): string {
  const fitting = USUAL_LENGTHS.find((length) => length < longest && costAt(pattern, length, deps).kind === "bounded");
  const rewrite = "write it so that no text matches in two ways, and looks ahead only at its start";
  return fitting === undefined ? rewrite : `add maxLength beside it, of at most ${fitting}, or ${rewrite}`;
}

/** The engine compiles a pattern at its first use, and some that it has read are too much for it then. */
function isRunnable(pattern: string): boolean {
  try {
    new RegExp(pattern, "u").test("");
    return true;
  } catch {
    return false;
  }
}

function tooLarge(pattern: string): string {
  return `the pattern ${shortened(pattern)} is too large to be proven harmless: write a shorter one, with less repetition inside repetition, or an enum`;
}

/** How deep groups stand in groups, at most: a bracket inside a class counts too. */
function depthOf(pattern: string): number {
  let [depth, deepest] = [0, 0];
  for (const [found] of pattern.matchAll(/\\.|[()]/gsu)) {
    if (found === "(") deepest = Math.max(deepest, ++depth);
    if (found === ")") depth--;
  }
  return deepest;
}

function shortened(text: string, most = 200): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}
