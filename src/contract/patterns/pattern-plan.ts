import type { AST } from "@eslint-community/regexpp";
import { type Automata, toAutomata } from "./automaton.ts";
import { createCharacterReader, type ReadCharacters, TooManyCharacters } from "./character-sets.ts";
import { type LinearPattern, toLinearPattern } from "./linear-pattern.ts";
import { type Cost, costOf } from "./pattern-cost.ts";
import { PatternTooLarge, sizeOfGraph, type Work } from "./pattern-graph.ts";
import { readPattern, type Syntax } from "./pattern-syntax.ts";
import { parsePattern, trimPattern } from "./trim-pattern.ts";

/** How a pattern is run, so that no text keeps the service busy. */
export type PatternPlan = {
  /** For the engine of JavaScript, which backtracks. */
  readonly expression: RegExp;
  /** How the pattern is written in ECMA-262. */
  readonly source: string;
  /** What the pattern has that ECMA-262 does not, such as `\A`. */
  readonly foreign: Syntax["foreign"];
  /** On texts of at most this many characters, `expression` takes few steps for each. */
  readonly nativeLength: number;
  /** For an engine that does not backtrack, which longer texts get; undefined if none has all of the pattern. */
  readonly linear: LinearPlan | undefined;
  /** The steps that `expression` takes on texts of at most `longest` characters, or that nothing is known about them. */
  readonly costAt: (longest: number) => Cost | undefined;
};

export type LinearPlan =
  /** RE2, which most patterns need. */
  | { readonly kind: "re2"; readonly pattern: LinearPattern; readonly pieces: number }
  /** For lookarounds anywhere, and for many repetitions, which it counts. */
  | { readonly kind: "automata"; readonly automata: Automata };

/** A pattern that is not a regular expression, or one that is too large to be looked at. */
export type UnusablePattern = { readonly kind: "invalid" } | { readonly kind: "too-large" };

/** No text is longer in a body of the default size. In a larger one the steps for each character count just as well. */
export const LONGEST_TEXT = 1_048_576;

/**
 * The most steps for each character that the engine of JavaScript may take where there is another: a body of 1 MiB full of
 * such texts is checked within 0.1 seconds, measured at 0.3 ns for each step.
 */
const FEW_STEPS = 250;

/** The same where there is no other engine: within 0.6 seconds. */
export const MOST_STEPS = 2_000;

/** The engine in linear time takes at most a step for each piece of the pattern and each character. */
export const MOST_PIECES = 256;

/** Our own engine takes up to 10 ns for a step: a body of 1 MiB is checked within 0.6 seconds. */
const MOST_STEPS_OF_AUTOMATA = 64;

const MAX_CHARACTERS = 50_000;
const MAX_DEPTH = 200;

// Counted, not timed: otherwise a busy machine would refuse a contract that it accepts at other times.
const WORK_FOR_PATTERN = 1_000_000;

/** The lengths that are tried, from the longest. */
const LENGTHS = [LONGEST_TEXT, 1000, 250, 60];

/** @param work what may be spent on this pattern and others. */
export function toPatternPlan(pattern: string, work: Work = { left: Infinity }): PatternPlan | UnusablePattern {
  if (pattern.length > MAX_CHARACTERS || depthOf(pattern) > MAX_DEPTH) return { kind: "too-large" };
  const read = readPattern(pattern);
  if (read === undefined) return { kind: "invalid" };
  const syntax = trimPattern(read);
  const expression = new RegExp(syntax.source, syntax.flags);
  if (!isRunnable(expression)) return { kind: "too-large" };
  const parsed = parsePattern(syntax);
  const costAt = (longest: number, stepsPerCharacter = MOST_STEPS) =>
    withinWork(work, (own) => costOf(parsed, { longest, stepsPerCharacter }, { read: characters(), work: own }));
  const isCheap = (longest: number) => costAt(longest, FEW_STEPS)?.kind === "bounded";
  const nativeLength = LENGTHS.find(isCheap) ?? 0;
  const linear = nativeLength === LONGEST_TEXT ? undefined : toLinear(syntax, parsed, work);
  return { expression, source: read.source, foreign: read.foreign, nativeLength, linear, costAt };
}

function toLinear(syntax: Syntax, parsed: AST.Pattern, work: Work): PatternPlan["linear"] {
  // The engine knows only whole characters.
  if (syntax.flags !== "u") return undefined;
  try {
    const read = createCharacterReader("exact");
    const pattern = toLinearPattern(parsed, read);
    const pieces = pattern && withinWork(work, (own) => sizeOfGraph(parsed, { read: characters(), work: own }));
    if (pattern !== undefined && pieces !== undefined && pieces <= MOST_PIECES) return { kind: "re2", pattern, pieces };
    const automata = toAutomata(parsed, read);
    if (automata !== undefined && automata.steps <= MOST_STEPS_OF_AUTOMATA) return { kind: "automata", automata };
    return pattern === undefined || pieces === undefined ? undefined : { kind: "re2", pattern, pieces };
  } catch (error) {
    if (error instanceof TooManyCharacters) return undefined;
    throw error;
  }
}

/** Undefined when the work takes too long. */
function withinWork<T>(all: Work, run: (own: Work) => T): T | undefined {
  const own = { left: Math.min(WORK_FOR_PATTERN, all.left) };
  const before = own.left;
  try {
    return run(own);
  } catch (error) {
    if (error instanceof PatternTooLarge) return undefined;
    throw error;
  } finally {
    all.left -= before - own.left;
  }
}

/** Properties such as `\p{L}` are read once for all patterns. */
const characters = lazily(() => createCharacterReader("rough"));

function lazily(make: () => ReadCharacters): () => ReadCharacters {
  let made: ReadCharacters | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The engine compiles a pattern at its first use, which fails for some patterns that it could parse. */
function isRunnable(expression: RegExp): boolean {
  try {
    expression.test("");
    return true;
  } catch {
    return false;
  }
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
