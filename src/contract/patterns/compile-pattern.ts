import { createRequire } from "node:module";
import { once } from "../../lib/async/once.ts";
import type { LinearAlternative, LinearPattern } from "./linear-pattern.ts";
import { type PatternPlan, toPatternPlan } from "./pattern-plan.ts";
import { compileAutomata } from "./run-automata.ts";

/** Tests texts for a pattern of the contract, in the same way wherever it is used. */
export type CompiledPattern = {
  readonly test: (text: string) => boolean;
  /** Ajv tells patterns apart by it. */
  readonly toString: () => string;
};

const compiled = new Map<string, CompiledPattern>();

/** More than contracts have; a service that reads one contract after another must not keep them all. */
const MAX_COMPILED = 20_000;

/**
 * Compiles a pattern so that no text keeps the service busy: where the engine of JavaScript could backtrack for long, RE2
 * tests longer texts. A pattern that is not a regular expression matches every text; the check warns about it.
 */
export function compilePattern(pattern: string): CompiledPattern {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  const plan = toPatternPlan(pattern);
  const made = { test: "kind" in plan ? () => true : testOf(plan), toString: () => pattern };
  compiled.set(pattern, made);
  return made;
}

/** For Ajv, which would otherwise use `RegExp`. */
export const PATTERN_ENGINE = Object.assign((pattern: string) => compilePattern(pattern), {
  // The name in code that Ajv writes to files, which is not done with the schemas of a contract.
  code: "compilePattern",
});

function testOf({ expression, nativeLength, linear }: PatternPlan): CompiledPattern["test"] {
  if (linear === undefined) return (text) => expression.test(text);
  // Most texts are short, and the engine compiles for some milliseconds.
  let testLong: CompiledPattern["test"] | undefined;
  return (text) => {
    if (text.length <= nativeLength) return expression.test(text);
    testLong ??= linear.kind === "re2" ? compileLinear(linear.pattern) : compileAutomata(linear.automata);
    return testLong(text);
  };
}

/** Tests texts with RE2. */
export function compileLinear(pattern: LinearPattern): CompiledPattern["test"] {
  const tests = pattern.map(testOfAlternative);
  return (text) => tests.some((test) => test(text));
}

function testOfAlternative({ all, none }: LinearAlternative): CompiledPattern["test"] {
  const [required, forbidden] = [all.map(toLinear), none.map(toLinear)];
  return (text) => required.every((one) => one.test(text)) && !forbidden.some((one) => one.test(text));
}

const load = createRequire(import.meta.url);

/** It is loaded for the first long text that needs it, which most services never see. */
const engine = once(() => {
  // The type of a module that is loaded later cannot be inferred.
  const { RE2JS } = load("re2js") as typeof import("re2js");
  return RE2JS;
});

function toLinear(source: string) {
  const RE2JS = engine();
  return RE2JS.compile(source, RE2JS.LOOKBEHINDS);
}
