import type { AST } from "@eslint-community/regexpp";
import type { ReadCharacters } from "./character-sets.ts";
import { toLinearSource } from "./linear-source.ts";
import { isAnchoredIn } from "./pattern-graph.ts";

/** A pattern without lookaheads: a text matches it where it matches all of the first and none of the second, once. */
export type LinearPattern = readonly LinearAlternative[];
export type LinearAlternative = { readonly all: readonly string[]; readonly none: readonly string[] };

/**
 * The same pattern for RE2, which takes a time that grows only with the length of the text. It has no lookaheads, but those
 * at the start of a pattern are patterns of their own: `^(?!a)(?=.*b)c` matches where `^c` and `^.*b` do, and `^a` does not.
 * @returns undefined when that is not possible.
 */
export function toLinearPattern(pattern: AST.Pattern, read: ReadCharacters): LinearPattern | undefined {
  const found = unwrapped(pattern.alternatives).map((one) => toAlternative(one, read));
  const known = found.filter((one) => one !== undefined);
  return known.length < found.length ? undefined : known;
}

/** The alternatives of a pattern that is nothing but a group. */
function unwrapped(alternatives: readonly AST.Alternative[]): readonly AST.Alternative[] {
  const [elements = []] = alternatives.map((one) => one.elements);
  const [only, ...others] = elements;
  if (alternatives.length > 1 || others.length > 0) return alternatives;
  const isGroup = only?.type === "CapturingGroup" || (only?.type === "Group" && only.modifiers === null);
  return isGroup ? unwrapped(only.alternatives) : alternatives;
}

function toAlternative({ elements }: AST.Alternative, read: ReadCharacters): LinearAlternative | undefined {
  const source = (list: readonly AST.Element[]) => toLinearSource(list, read);
  const split = splitAtLooks(elements);
  if (split === undefined) {
    const whole = source(elements);
    return whole === undefined ? undefined : { all: [whole], none: [] };
  }
  const { before, looks, after } = split;
  const of = (isNegated: boolean) =>
    looks
      .filter(({ negate }) => negate === isNegated)
      .flatMap(({ alternatives }) => alternatives.map((one) => source([...before, ...one.elements])));
  // A positive lookahead with several alternatives would have to match one of them.
  if (looks.some(({ negate, alternatives }) => !negate && alternatives.length > 1)) return undefined;
  const [all, none] = [[source([...before, ...after]), ...of(false)], of(true)];
  if ([...all, ...none].includes(undefined)) return undefined;
  const isSource = (one: string | undefined) => one !== undefined;
  return { all: all.filter(isSource), none: none.filter(isSource) };
}

type Split = {
  /** Always as many characters, from the start of the text. */
  readonly before: readonly AST.Element[];
  readonly looks: readonly AST.LookaheadAssertion[];
  readonly after: readonly AST.Element[];
};

/** The first lookaheads, if they are tried at one place of the text only: what is before them has one length. */
function splitAtLooks(elements: readonly AST.Element[]): Split | undefined {
  const first = elements.findIndex(isLookahead);
  if (first < 0) return undefined;
  const end = elements.findIndex((one, index) => index > first && !isLookahead(one));
  const looks = elements.slice(first, end < 0 ? undefined : end).filter(isLookahead);
  const [before, after] = [elements.slice(0, first), end < 0 ? [] : elements.slice(end)];
  const isAtStart =
    isAnchoredIn({ alternatives: [{ elements: [...before, ...after] }] }) ||
    (before.length === 0 && looks.some((one) => !one.negate && isAnchoredIn(one)));
  if (!isAtStart || !before.every(hasOneLength)) return undefined;
  // Also where only a lookahead has the anchor.
  return { before: before.length === 0 ? [START] : before, looks, after };
}

const START = { type: "Assertion", kind: "start" } as AST.EdgeAssertion;

function isLookahead(element: AST.Element): element is AST.LookaheadAssertion {
  return element.type === "Assertion" && element.kind === "lookahead";
}

function hasOneLength(element: AST.Element): boolean {
  if (element.type === "Assertion") return element.kind === "start";
  if (element.type === "Quantifier") return element.min === element.max && hasOneLength(element.element);
  return element.type === "Character" || element.type === "CharacterClass" || element.type === "CharacterSet";
}
