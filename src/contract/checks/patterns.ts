import type { Pointer, Report } from "../document/finding.ts";
import { asRecord } from "../document/json.ts";
import { eachNode, isNamedByAuthor } from "../document/walk.ts";
import type { Outline } from "../model/outline.ts";
import {
  LONGEST_TEXT,
  MOST_PIECES,
  type PatternPlan,
  toPatternPlan,
  type UnusablePattern,
} from "../patterns/pattern-plan.ts";

// Counted, not timed: otherwise a busy machine would refuse a contract that it accepts at other times.
const WORK_FOR_CONTRACT = 30_000_000;

/** Values of maxLength to suggest, from the longest. */
const USUAL_LENGTHS = [1000, 250, 60];

/** A text that is tested in linear time within a millisecond, whatever it is. */
const FEW_STEPS_IN_TEXT = 100_000;

/** Finds patterns that can keep the service busy, and those that mean nothing or something else in ECMA-262. */
export function checkPatterns({ document }: Outline, report: Report) {
  const planOf = createPlanOf();
  eachNode(document.root, (pointer, { pattern, patternProperties, maxLength }) => {
    if (isNamedByAuthor(pointer)) return;
    const check = (place: Pointer, text: string, longest: number) =>
      checkPattern(place, { text, longest }, planOf, report);
    // Ajv skips the pattern for a text that is too long, but only when both words are in one schema.
    if (typeof pattern === "string") check([...pointer, "pattern"], pattern, toLength(maxLength));
    for (const name of Object.keys(asRecord(patternProperties)))
      check([...pointer, "patternProperties", name], name, LONGEST_TEXT);
  });
}

function toLength(maxLength: unknown): number {
  return Number.isInteger(maxLength) ? Math.min(Math.max(Number(maxLength), 0), LONGEST_TEXT) : LONGEST_TEXT;
}

type Planned = PatternPlan | UnusablePattern;
type PlanOf = (pattern: string) => Planned;

/** Plans each pattern once; all of them together may take only so much work. */
function createPlanOf(): PlanOf {
  const plans = new Map<string, Planned>();
  const work = { left: WORK_FOR_CONTRACT };
  return (pattern) => {
    const plan = plans.get(pattern) ?? toPatternPlan(pattern, work);
    plans.set(pattern, plan);
    return plan;
  };
}

type Written = { readonly text: string; readonly longest: number };

function checkPattern(place: Pointer, { text, longest }: Written, planOf: PlanOf, report: Report) {
  const plan = planOf(text);
  const shown = shortened(text);
  if ("kind" in plan) {
    if (plan.kind === "too-large") return report(place, tooLarge(text));
    const message = `the pattern ${shown} is not a regular expression (ECMA-262), so it is not checked: correct it`;
    return report(place, message, "pattern-syntax");
  }
  const violation = costViolation(text, plan, longest);
  if (violation !== undefined) report(place, violation);
  if (plan.foreign.length === 0) return;
  const message = `the pattern ${shown} has ${plan.foreign.join(" and ")}, which ECMA-262 does not know, and is read as ${shortened(plan.source)}: write it so`;
  report(place, message, "pattern-syntax");
}

function costViolation(pattern: string, plan: PatternPlan, longest: number): string | undefined {
  if (isHarmless(plan, longest)) return undefined;
  const cost = plan.costAt(longest);
  if (cost === undefined) return tooLarge(pattern);
  const sample =
    cost.kind === "bounded" || cost.sample === ""
      ? ""
      : ` on a text such as ${JSON.stringify(shortened(cost.sample, 40))}`;
  return `the pattern ${shortened(pattern)} can backtrack for a long time${sample}: ${suggestFix(plan, longest)}`;
}

/** Can no text of at most `longest` characters keep one of the two engines busy? */
function isHarmless({ nativeLength, linear, costAt }: PatternPlan, longest: number): boolean {
  if (longest <= nativeLength) return true;
  if (linear?.kind === "automata") return true;
  if (linear !== undefined) return linear.pieces <= MOST_PIECES || linear.pieces * longest <= FEW_STEPS_IN_TEXT;
  return costAt(longest)?.kind === "bounded";
}

function suggestFix(plan: PatternPlan, longest: number): string {
  const fitting = USUAL_LENGTHS.find((length) => length < longest && isHarmless(plan, length));
  const rewrite = "rewrite it so that no text matches in two ways, with few lookarounds and no back-references";
  return fitting === undefined ? rewrite : `add a maxLength of at most ${fitting} beside it, or ${rewrite}`;
}

function tooLarge(pattern: string): string {
  return `the pattern ${shortened(pattern)} is too large to be checked: use a shorter one, with less nested repetition, or an enum`;
}

function shortened(text: string, most = 200): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}
