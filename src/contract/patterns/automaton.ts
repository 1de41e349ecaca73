import type { AST } from "@eslint-community/regexpp";
import type { CharacterSet, Piece, ReadCharacters } from "./character-sets.ts";
import { characterFlags, flagsIn } from "./pattern-flags.ts";

/** What has to be so at a place of a text, without going further in it. */
export type Condition =
  | { readonly kind: "start" | "end"; readonly isOfLine: boolean }
  | { readonly kind: "word"; readonly negate: boolean }
  /** What `looks[look]` finds at the place. */
  | { readonly kind: "look"; readonly look: number; readonly negate: boolean };

export type Step = {
  readonly to: number;
  /** The characters of which it takes one; undefined: it takes none. */
  readonly characters: CharacterSet | undefined;
  /** It takes so many of these characters; undefined: one. */
  readonly times?: { readonly min: number; readonly max: number };
  readonly condition: Condition | undefined;
};

/**
 * A pattern, or a lookaround in one, as states and steps between them. A lookahead is run from the end of a text to its start,
 * and a lookbehind from the start: so one run tells for each place whether it matches there.
 */
export type Automaton = {
  readonly isForward: boolean;
  readonly first: number;
  /** By state, whether the pattern matches where it is reached. */
  readonly isEnd: readonly boolean[];
  /** By state, the steps in the direction in which it runs. Each takes a character, or has a condition. */
  readonly steps: readonly (readonly Step[])[];
};

/** A pattern, and its lookarounds, the inner ones first. */
export type Automata = {
  readonly looks: readonly Automaton[];
  readonly whole: Automaton;
  /** The steps of all of them: for each character of a text, each may be taken once. */
  readonly steps: number;
};

/** A back-reference, or more pieces than `MOST`. */
class NoAutomaton extends Error {}

const MOST = 2_000;

/**
 * Any pattern without back-references: with lookarounds wherever they are.
 * @returns undefined for all others.
 */
export function toAutomata({ alternatives }: AST.Pattern, read: ReadCharacters): Automata | undefined {
  const building: Building = { read, looks: [], pieces: 0 };
  try {
    const whole = build(building, alternatives, "", false);
    const all = [...building.looks, whole].flatMap(({ steps }) => steps.map(({ length }) => length));
    return { looks: building.looks, whole, steps: all.reduce((sum, count) => sum + count, 0) };
  } catch (error) {
    if (error instanceof NoAutomaton) return undefined;
    throw error;
  }
}

type Building = { readonly read: ReadCharacters; readonly looks: Automaton[]; pieces: number };

type Builder = {
  readonly building: Building;
  readonly addState: () => number;
  readonly addStep: (from: number, step: Step) => void;
};

function build(building: Building, alternatives: readonly AST.Alternative[], flags: string, isForward: boolean) {
  const steps: Step[][] = [];
  const builder: Builder = {
    building,
    addState: () => steps.push([]) - 1,
    addStep: (from, step) => {
      if (isForward) steps[from]?.push(step);
      else steps[step.to]?.push({ ...step, to: from });
    },
  };
  const start = builder.addState();
  const end = addAlternatives(builder, alternatives, start, flags);
  const [first, last] = isForward ? [start, end] : [end, start];
  return { isForward, first, ...withoutEmptySteps(steps, first, last) };
}

/** Lets each state take the steps of those that are reached from it by steps that take and ask nothing. */
function withoutEmptySteps(steps: readonly (readonly Step[])[], first: number, last: number) {
  const all: Step[][] = steps.map(() => []);
  const isEnd = steps.map(() => false);
  const known = new Set([first]);
  // Grows while it is read.
  for (const state of known) {
    const reached = new Set([state]);
    for (const one of reached) for (const step of steps[one] ?? []) if (isEmpty(step)) reached.add(step.to);
    isEnd[state] = reached.has(last);
    all[state] = [...reached].flatMap((one) => (steps[one] ?? []).filter((step) => !isEmpty(step)));
    for (const { to } of all[state] ?? []) known.add(to);
  }
  return { steps: all, isEnd };
}

function isEmpty({ characters, condition }: Step): boolean {
  return characters === undefined && condition === undefined;
}

const NOTHING = { characters: undefined, condition: undefined };

function addAlternatives(builder: Builder, all: readonly AST.Alternative[], from: number, flags: string): number {
  const end = builder.addState();
  for (const { elements } of all) {
    const last = elements.reduce((state, element) => addElement(builder, element, state, flags), from);
    builder.addStep(last, { to: end, ...NOTHING });
  }
  return end;
}

/** @returns the state after the element. */
function addElement(builder: Builder, element: AST.Element, from: number, flags: string): number {
  switch (element.type) {
    case "Quantifier":
      return addRepetition(builder, element, from, flags);
    case "Group":
      return addAlternatives(builder, element.alternatives, from, flagsIn(element, flags));
    case "CapturingGroup":
      return addAlternatives(builder, element.alternatives, from, flags);
    case "Assertion":
      return addStepTo(builder, from, { characters: undefined, condition: conditionOf(builder, element, flags) });
    case "Backreference":
      throw new NoAutomaton();
    default:
      return addStepTo(builder, from, {
        characters: builder.building.read(element, characterFlags(flags)),
        condition: undefined,
      });
  }
}

function addStepTo(builder: Builder, from: number, step: Omit<Step, "to">): number {
  if (++builder.building.pieces > MOST) throw new NoAutomaton();
  const to = builder.addState();
  builder.addStep(from, { to, ...step });
  return to;
}

function addRepetition(builder: Builder, repetition: AST.Quantifier, from: number, flags: string): number {
  const { element, min, max } = repetition;
  const piece = pieceIn(element);
  if (piece !== undefined && Math.max(min, Number.isFinite(max) ? max : 0) > FEW_TIMES) {
    return addTimes(builder, { piece, min, max }, from, flags);
  }
  let state = from;
  for (let count = 0; count < min; count++) state = addCopy(builder, element, state, flags);
  if (max === Number.POSITIVE_INFINITY) {
    const loop = builder.addState();
    builder.addStep(state, { to: loop, ...NOTHING });
    builder.addStep(addCopy(builder, element, loop, flags), { to: loop, ...NOTHING });
    return loop;
  }
  const end = builder.addState();
  for (let count = min; count < max; count++) {
    builder.addStep(state, { to: end, ...NOTHING });
    state = addCopy(builder, element, state, flags);
  }
  builder.addStep(state, { to: end, ...NOTHING });
  return end;
}

/** More repetitions of one character are counted instead of copied. */
const FEW_TIMES = 4;

type Times = { readonly piece: Piece; readonly min: number; readonly max: number };

function addTimes(builder: Builder, { piece, min, max }: Times, from: number, flags: string): number {
  const characters = builder.building.read(piece, characterFlags(flags));
  const isOpen = max === Number.POSITIVE_INFINITY;
  const times = { min: Math.max(min, 1), max: isOpen ? min : max };
  const to = addStepTo(builder, from, { characters, times, condition: undefined });
  if (min === 0) builder.addStep(from, { to, ...NOTHING });
  // Any number of others may follow.
  if (isOpen) builder.addStep(to, { to, characters, condition: undefined });
  return to;
}

/** The one character that an element consists of. */
function pieceIn(element: AST.Element): Piece | undefined {
  switch (element.type) {
    case "Character":
    case "CharacterClass":
    case "CharacterSet":
      return element;
    default:
      return undefined;
  }
}

/** An empty group that is repeated adds no piece, and must not keep this busy either. */
function addCopy(builder: Builder, element: AST.Element, from: number, flags: string): number {
  if (++builder.building.pieces > MOST) throw new NoAutomaton();
  const to = addElement(builder, element, from, flags);
  builder.building.pieces--;
  return to;
}

function conditionOf({ building }: Builder, assertion: AST.Assertion, flags: string): Condition {
  switch (assertion.kind) {
    case "start":
    case "end":
      return { kind: assertion.kind, isOfLine: flags.includes("m") };
    case "word":
      // With the flag `i`, two letters outside of ASCII belong to words too.
      if (flags.includes("i")) throw new NoAutomaton();
      return { kind: "word", negate: assertion.negate };
    default: {
      const look = build(building, assertion.alternatives, flags, assertion.kind === "lookbehind");
      return { kind: "look", look: building.looks.push(look) - 1, negate: assertion.negate };
    }
  }
}
