import type { AST } from "@eslint-community/regexpp";
import type { CharacterSet, ReadCharacters } from "./character-sets.ts";
import { characterFlags, flagsIn } from "./pattern-flags.ts";

/** A part of a pattern that an engine in linear time does not have: a lookahead, or a back-reference. */
class NotLinear extends Error {}

/** RE2 refuses longer repetitions, and a pattern of as many copies would be slow. */
const MAX_REPETITIONS = 1_000;

/**
 * The pattern of `elements` in the language of RE2. Classes are written as their characters, because `\s`, `.` and others
 * mean something else there.
 * @returns undefined when that language does not have all of it.
 */
export function toLinearSource(elements: readonly AST.Element[], read: ReadCharacters): string | undefined {
  try {
    return sequence(elements, "", read);
  } catch (error) {
    if (error instanceof NotLinear) return undefined;
    throw error;
  }
}

function alternatives(list: readonly AST.Alternative[], flags: string, read: ReadCharacters): string {
  return list.map(({ elements }) => sequence(elements, flags, read)).join("|");
}

function sequence(elements: readonly AST.Element[], flags: string, read: ReadCharacters): string {
  return elements.map((one) => sourceOf(one, flags, read)).join("");
}

function sourceOf(node: AST.Element, flags: string, read: ReadCharacters): string {
  switch (node.type) {
    case "Quantifier":
      return `(?:${sourceOf(node.element, flags, read)})${repetition(node)}`;
    case "Group":
      return `(?:${alternatives(node.alternatives, flagsIn(node, flags), read)})`;
    case "CapturingGroup":
      return `(?:${alternatives(node.alternatives, flags, read)})`;
    case "Assertion":
      return assertion(node, flags, read);
    case "Backreference":
      throw new NotLinear();
    default:
      return classOf(read(node, characterFlags(flags)));
  }
}

function repetition({ min, max }: AST.Quantifier): string {
  const isOpen = max === Number.POSITIVE_INFINITY;
  if (isOpen && min <= 1) return min === 0 ? "*" : "+";
  if (min > MAX_REPETITIONS || (max > MAX_REPETITIONS && !isOpen)) throw new NotLinear();
  return `{${min},${isOpen ? "" : max}}`;
}

function assertion(node: AST.Assertion, flags: string, read: ReadCharacters): string {
  // RE2 knows fewer ends of lines, and with the flag `i` fewer letters of words.
  if (flags.includes("m") || (node.kind === "word" && flags.includes("i"))) throw new NotLinear();
  switch (node.kind) {
    case "start":
      return "\\A";
    case "end":
      return "\\z";
    case "word":
      return node.negate ? "\\B" : "\\b";
    case "lookbehind":
      return `(?<${node.negate ? "!" : "="}${alternatives(node.alternatives, flags, read)})`;
    default:
      throw new NotLinear();
  }
}

function classOf(set: CharacterSet): string {
  if (set.length === 0) return "[^\\x{0}-\\x{10ffff}]";
  return `[${set.map(([from, to]) => (from === to ? hex(from) : `${hex(from)}-${hex(to)}`)).join("")}]`;
}

function hex(character: number): string {
  return `\\x{${character.toString(16)}}`;
}
