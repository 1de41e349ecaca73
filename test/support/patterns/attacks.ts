import type { AST } from "@eslint-community/regexpp";
import { ANY_CHARACTER, alphabetOf, createCharacterReader } from "../../../src/contract/patterns/character-sets.ts";
import { parsePattern } from "../../../src/contract/patterns/trim-pattern.ts";

/**
 * Texts that are built to keep a backtracking engine busy with a pattern: a start, a piece that is repeated up to `length`
 * characters, and an end that does not match. Starts and pieces are made of characters that the pattern tells apart, in
 * the order in which it has them.
 */
export function attacksOn(source: string, length: number): readonly string[] {
  const characters = charactersOf(source);
  const word = characters.join("");
  const pumps = new Set([...characters, ...pairsOf(characters), word]);
  const starts = new Set(["", ...prefixesOf(word)]);
  return [...starts].flatMap((start) =>
    [...pumps].flatMap((pump) =>
      ["\u0000", ...characters.slice(0, MOST_ENDS)].map((end) => {
        const room = Math.max(0, length - start.length - end.length);
        return (start + pump.repeat(Math.ceil(room / Math.max(1, pump.length))).slice(0, room) + end).slice(0, length);
      }),
    ),
  );
}

const MOST = 6;
const MOST_ENDS = 3;

/** One character for each set that the pattern tells apart. */
function charactersOf(source: string): readonly string[] {
  const pieces: AST.Element[] = [];
  collect(parsePattern({ source, flags: "u" }).alternatives, pieces);
  const read = createCharacterReader("rough");
  const sets = pieces.map((one) => read(one as Parameters<typeof read>[0], ""));
  const { samples, lettersOf } = alphabetOf([...sets, ANY_CHARACTER]);
  const used = lettersOf.slice(0, -1).flatMap((letters) => letters.map((letter) => samples[letter] ?? ""));
  return [...new Set(used)].slice(0, MOST);
}

function collect(list: readonly AST.Alternative[], into: AST.Element[]) {
  for (const element of list.flatMap(({ elements }) => elements)) collectFrom(element, into);
}

function collectFrom(element: AST.Element, into: AST.Element[]) {
  if (element.type === "Quantifier") collectFrom(element.element, into);
  else if ("alternatives" in element) collect(element.alternatives, into);
  else if (element.type !== "Assertion" && element.type !== "Backreference") into.push(element);
}

function pairsOf(characters: readonly string[]): readonly string[] {
  return characters.slice(0, 2).flatMap((one) => characters.slice(0, 2).map((other) => one + other));
}

function prefixesOf(word: string): readonly string[] {
  return Array.from({ length: Math.min(word.length, 1) }, (_, index) => word.slice(0, index + 1));
}
