import { RegExpParser } from "@eslint-community/regexpp";
import type { Pointer, Report } from "../document/finding.ts";
import { asRecord } from "../document/json.ts";
import { eachNode, isNamedByAuthor } from "../document/walk.ts";
import type { Outline } from "../model/outline.ts";
import { createCharacterReader } from "./character-sets.ts";
import { type Cost, costOf } from "./pattern-cost.ts";
import { type GraphDeps, PatternTooLarge } from "./pattern-graph.ts";

/** No text of a request is longer, because no body is. */
export const LONGEST_TEXT = 65_536;

/**
 * The most steps for each character that the service reads. A body full of such texts is checked within 50 ms, measured
 * at 0.3 ns for each step.
 */
const MAX_STEPS_PER_CHARACTER = 2_000;

const MAX_CHARACTERS = 10_000;
const MAX_DEPTH = 200;

// Counted, not timed: otherwise a busy machine would refuse a contract that it accepts at other times.
const WORK_FOR_PATTERN = 1_000_000;
const WORK_FOR_CONTRACT = 10_000_000;

/** Values of maxLength to suggest, from the longest. */
const USUAL_LENGTHS = [1000, 250, 60];

/** Finds patterns that are invalid, or that can keep the service busy with a short text. */
export function checkPatterns({ document }: Outline, report: Report) {
  const judge = createJudge();
  eachNode(document.root, (pointer, { pattern, patternProperties, maxLength }) => {
    if (isNamedByAuthor(pointer)) return;
    const check = (place: Pointer, text: string, longest: number) => {
      const verdict = judge(text, longest);
      if (verdict !== undefined) report(place, verdict);
    };
    // The validator skips the pattern for a text that is too long, but only when both words are in one schema.
    if (typeof pattern === "string") check([...pointer, "pattern"], pattern, toLength(maxLength));
    for (const name of Object.keys(asRecord(patternProperties)))
      check([...pointer, "patternProperties", name], name, LONGEST_TEXT);
  });
}

function toLength(maxLength: unknown): number {
  return Number.isInteger(maxLength) ? Math.min(Math.max(Number(maxLength), 0), LONGEST_TEXT) : LONGEST_TEXT;
}

/** What is wrong with a pattern for texts of at most `longest` characters; undefined when nothing is. */
type Judge = (pattern: string, longest: number) => string | undefined;

function createJudge(): Judge {
  const verdicts = new Map<string, string | undefined>();
  const read = createCharacterReader();
  let workLeft = WORK_FOR_CONTRACT;
  const judge: Judge = (pattern, longest) => {
    const unreadable = textViolation(pattern);
    if (unreadable !== undefined) return unreadable;
    if (workLeft <= 0) return TOO_MANY_PATTERNS;
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

const TOO_MANY_PATTERNS =
  "the contract has too many patterns, so this one was not checked: replace some by an enum or a format";

function textViolation(pattern: string): string | undefined {
  if (pattern.length > MAX_CHARACTERS || depthOf(pattern) > MAX_DEPTH) return tooLarge(pattern);
  try {
    new RegExp(pattern, "u");
    return undefined;
  } catch {
    return `the pattern ${shortened(pattern)} is not a regular expression (ECMA-262 with the flag u): correct it`;
  }
}

function costViolation(pattern: string, longest: number, deps: GraphDeps): string | undefined {
  try {
    const cost = costAt(pattern, longest, deps);
    if (cost.kind === "bounded") return isRunnable(pattern) ? undefined : tooLarge(pattern);
    const sample = cost.sample === "" ? "" : ` on a text such as ${JSON.stringify(shortened(cost.sample, 40))}`;
    return `the pattern ${shortened(pattern)} can backtrack for a long time${sample}: ${suggestFix(pattern, longest, deps)}`;
  } catch (error) {
    if (error instanceof PatternTooLarge) return tooLarge(pattern);
    throw error;
  }
}

function costAt(pattern: string, longest: number, deps: GraphDeps): Cost {
  const parsed = new RegExpParser().parsePattern(pattern, 0, pattern.length, { unicode: true });
  return costOf(parsed, { longest, stepsPerCharacter: MAX_STEPS_PER_CHARACTER }, deps);
}

function suggestFix(pattern: string, longest: number, deps: GraphDeps): string {
  const fitting = USUAL_LENGTHS.find((length) => length < longest && costAt(pattern, length, deps).kind === "bounded");
  const rewrite = "rewrite it so that no text matches in two ways, with lookaheads only at its start";
  return fitting === undefined ? rewrite : `add a maxLength of at most ${fitting} beside it, or ${rewrite}`;
}

/** The engine compiles a pattern at its first use, which fails for some patterns that it could parse. */
function isRunnable(pattern: string): boolean {
  try {
    new RegExp(pattern, "u").test("");
    return true;
  } catch {
    return false;
  }
}

function tooLarge(pattern: string): string {
  return `the pattern ${shortened(pattern)} is too large to be checked: use a shorter one, with less nested repetition, or an enum`;
}

/** How deeply groups are nested; a bracket inside a class counts too. */
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
