import type { AST } from "@eslint-community/regexpp";

const LAST = 0x10ffff;

/** Inclusive ranges of code points, in order, with gaps between them. */
export type CharacterSet = readonly (readonly [number, number])[];

export const ANY_CHARACTER: CharacterSet = [[0, LAST]];

/** The characters that one piece of a pattern matches, such as `a`, `.` or `[^\p{L}-]`. */
export type ReadCharacters = (piece: Piece, flags: string) => CharacterSet;
export type Piece = AST.Character | AST.CharacterClass | AST.CharacterSet | AST.ExpressionCharacterClass;

/**
 * Knows letters, digits and their ranges. For Unicode properties and case folding it tests every code point with the
 * engine, which takes about ten milliseconds. After more tests than a contract ever needs, a piece counts as any
 * character, or it fails.
 * @throws TooManyCharacters where it has to be exact.
 */
export function createCharacterReader(precision: "rough" | "exact"): ReadCharacters {
  const known = new Map<string, CharacterSet>();
  let tests = 0;
  let everything: string | undefined;
  const ask = (piece: string, flags: string): CharacterSet => {
    if (++tests > MAX_TESTS) {
      if (precision === "exact") throw new TooManyCharacters();
      return ANY_CHARACTER;
    }
    everything ??= allCharacters();
    return setOf(new RegExp(`(?:${piece})+`, `gu${flags}`), everything);
  };
  const find = (name: string, make: () => CharacterSet): CharacterSet => {
    const set = known.get(name) ?? make();
    known.set(name, set);
    return set;
  };
  const askOnce = (piece: string, flags: string) => find(`ask ${flags}/${piece}`, () => ask(piece, flags));
  return (piece, flags) =>
    find(`${flags}/${piece.raw}`, () =>
      flags === "" ? setIn(piece, (property) => askOnce(property, "")) : askOnce(piece.raw, flags),
    );
}

/** The characters of a pattern would take too long to find. */
export class TooManyCharacters extends Error {}

const MAX_TESTS = 40;

function setIn(piece: AST.CharacterClassElement | Piece, ask: (property: string) => CharacterSet): CharacterSet {
  switch (piece.type) {
    case "Character":
      return [[piece.value, piece.value]];
    case "CharacterClassRange":
      return [[piece.min.value, piece.max.value]];
    case "CharacterSet": {
      if (piece.kind === "property") return ask(piece.raw);
      return "negate" in piece && piece.negate ? complement(NAMED[piece.kind]) : NAMED[piece.kind];
    }
    case "CharacterClass": {
      const set = joined(piece.elements.flatMap((element) => setIn(element, ask)));
      return piece.negate ? complement(set) : set;
    }
    default:
      // The other kinds exist only with the flag v.
      return ANY_CHARACTER;
  }
}

const NAMED: Readonly<Record<"any" | "digit" | "word" | "space", CharacterSet>> = {
  any: complement([
    [0x0a, 0x0a],
    [0x0d, 0x0d],
    [0x2028, 0x2029],
  ]),
  digit: [[0x30, 0x39]],
  word: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ],
  space: [
    [0x09, 0x0d],
    [0x20, 0x20],
    [0xa0, 0xa0],
    [0x1680, 0x1680],
    [0x2000, 0x200a],
    [0x2028, 0x2029],
    [0x202f, 0x202f],
    [0x205f, 0x205f],
    [0x3000, 0x3000],
    [0xfeff, 0xfeff],
  ],
};

function joined(ranges: readonly (readonly [number, number])[]): CharacterSet {
  const set: [number, number][] = [];
  for (const [from, to] of ranges.toSorted((one, other) => one[0] - other[0])) {
    const last = set.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else set.push([from, to]);
  }
  return set;
}

function complement(set: CharacterSet): CharacterSet {
  const gaps: [number, number][] = [];
  let next = 0;
  for (const [from, to] of set) {
    if (from > next) gaps.push([next, from - 1]);
    next = to + 1;
  }
  return next > LAST ? gaps : [...gaps, [next, LAST]];
}

const [FIRST_SURROGATE, LAST_SURROGATE] = [0xd800, 0xdfff];

function allCharacters(): string {
  const parts: string[] = [];
  for (let from = 0; from <= LAST; from += 0x100) {
    // Halves of surrogate pairs would combine to other characters.
    if (from >= FIRST_SURROGATE && from <= LAST_SURROGATE) continue;
    parts.push(String.fromCodePoint(...Array.from({ length: 0x100 }, (_, index) => from + index)));
  }
  return parts.join("");
}

function setOf(expression: RegExp, everything: string): CharacterSet {
  const ranges: [number, number][] = [];
  for (const { 0: text, index } of everything.matchAll(expression)) {
    const end = index + text.length;
    const isWide = (everything.codePointAt(end - 2) ?? 0) > 0xffff;
    ranges.push([everything.codePointAt(index) ?? 0, everything.codePointAt(isWide ? end - 2 : end - 1) ?? 0]);
  }
  const hasSurrogates = ["\ud800", "\udfff"].some((half) => half.search(expression) >= 0);
  return joined(hasSurrogates ? [...ranges, [FIRST_SURROGATE, LAST_SURROGATE]] : ranges);
}

/** An alphabet for some sets of characters: characters that are in the same sets share one letter. */
export type Alphabet = {
  /** One character for each letter. */
  readonly samples: readonly string[];
  /** For each set, the indices of its letters. */
  readonly lettersOf: readonly (readonly number[])[];
};

/** The smallest alphabet for `written`. */
export function alphabetOf(written: readonly CharacterSet[]): Alphabet {
  const sets = [...new Set(written)];
  const bounds = new Set([0, ...sets.flat().flatMap(([from, to]) => (to < LAST ? [from, to + 1] : [from]))]);
  const cursors = sets.map(() => 0);
  const letters = new Map<string, { readonly index: number; sample: number }>();
  const lettersOf = new Map(sets.map((set) => [set, new Set<number>()] as const));
  for (const start of [...bounds].toSorted((one, other) => one - other)) {
    const members = sets.filter((set, index) => holds(set, start, cursors, index));
    if (members.length === 0) continue;
    const name = members.map((set) => sets.indexOf(set)).join();
    const letter = letters.get(name) ?? { index: letters.size, sample: start };
    letters.set(name, letter);
    if (!isReadable(letter.sample) && isReadable(start)) letter.sample = start;
    for (const member of members) lettersOf.get(member)?.add(letter.index);
  }
  const listed = new Map([...lettersOf].map(([set, found]) => [set, [...found]] as const));
  return {
    samples: [...letters.values()].map(({ sample }) => String.fromCodePoint(sample)),
    lettersOf: written.map((set) => listed.get(set) ?? []),
  };
}

/** Goes through each set only once, because `at` only grows. */
function holds(set: CharacterSet, at: number, cursors: number[], index: number): boolean {
  let cursor = cursors[index] ?? 0;
  while ((set[cursor]?.[1] ?? Number.POSITIVE_INFINITY) < at) cursor++;
  cursors[index] = cursor;
  return (set[cursor]?.[0] ?? Number.POSITIVE_INFINITY) <= at;
}

function isReadable(character: number): boolean {
  return character > 32 && character < 127;
}
