import type { AST } from "@eslint-community/regexpp";
import type { CharacterSet, ReadCharacters } from "./character-sets.ts";
import { characterFlags, flagsIn } from "./pattern-flags.ts";
import { EMPTY, either, optional, type Part, sum, times, type Ways } from "./pattern-parts.ts";
import { createSizeOf } from "./pattern-sizes.ts";

/** The ways through a pattern: its pieces, each of which matches one character, and what may follow each. */
export type Graph = {
  /** The pieces. Piece 0 is the start, before anything is matched. */
  readonly nodes: readonly GraphNode[];
  /** The engine tries the pattern only at the start of a text, and not at every character. */
  readonly isAnchored: boolean;
};

export type GraphNode = {
  /** What the piece matches; undefined for the start and for lookarounds. */
  readonly characters: CharacterSet | undefined;
  /** A lookahead or lookbehind. It matches no character, and nothing follows it. */
  readonly look: Look | undefined;
  /** What the engine may try next, and in how many ways it gets there. */
  readonly next: Map<number, number>;
};

/** A lookaround, with the flags that hold there. */
export type Look = { readonly assertion: AST.LookaroundAssertion; readonly flags: string };

/** What may still be spent on patterns. It is counted, not timed, so that a busy machine comes to the same verdict. */
export type Work = { left: number };

/** @throws PatternTooLarge when nothing is left. */
export function spend(work: Work, amount: number) {
  work.left -= amount;
  if (work.left < 0) throw new PatternTooLarge();
}

export type GraphDeps = { readonly read: ReadCharacters; readonly work: Work };

/** The pattern has more pieces than the check examines. */
export class PatternTooLarge extends Error {}

const MAX_NODES = 20_000;
const MAX_EDGES = 200_000;
/** The work for one element, besides that for its edges. */
const WORK_PER_ELEMENT = 10;
/** More repetitions than this count as unlimited, which includes all their ways and more. */
const MAX_COPIES = 1_100;

type Anchored = { readonly alternatives: readonly { readonly elements: readonly AST.Element[] }[] };
type Holder = { readonly alternatives: readonly AST.Alternative[] };

/** A graph while it is built. */
type Building = GraphDeps & {
  readonly nodes: GraphNode[];
  edges: number;
  /** Within a lookbehind the engine goes from right to left. */
  readonly isBackwards: boolean;
  readonly sizeOf: (element: AST.Element) => number;
  /** The groups that are copied for a backreference at the moment: a group may refer to itself. */
  readonly copied: Set<AST.CapturingGroup>;
};

/**
 * The graph of `holder`, a pattern or a lookaround. It has every way that the engine may try. It may have more, because
 * assertions always hold in it.
 * @throws PatternTooLarge
 */
export function toGraph(holder: Holder & { readonly type: string }, deps: GraphDeps, flags = ""): Graph {
  const isBackwards = "kind" in holder && holder.kind === "lookbehind";
  const start: GraphNode = { characters: undefined, look: undefined, next: new Map() };
  const building: Building = {
    ...deps,
    nodes: [start],
    edges: 0,
    isBackwards,
    sizeOf: createSizeOf(),
    copied: new Set(),
  };
  const elementsOf = ({ elements }: AST.Alternative) => (isBackwards ? elements : withoutTail(elements));
  const whole = either(holder.alternatives.map((one) => sequence(building, elementsOf(one), flags)));
  link(building, new Map([[0, 1]]), whole.first);
  return { nodes: building.nodes, isAnchored: holder.type !== "Pattern" || isAnchoredIn(holder) };
}

/** How many pieces `pattern` has, with those of its repetitions. @throws PatternTooLarge */
export function sizeOfGraph(pattern: AST.Pattern, deps: GraphDeps): number {
  return toGraph(pattern, deps).nodes.length;
}

function partOf(building: Building, element: AST.Element, flags: string): Part {
  spend(building.work, WORK_PER_ELEMENT);
  switch (element.type) {
    case "Quantifier":
      return repeated(building, element, flags);
    case "Group":
      return alternatives(building, element.alternatives, flagsIn(element, flags));
    case "CapturingGroup":
      return alternatives(building, element.alternatives, flags);
    case "Backreference":
      return backreference(building, element, flags);
    case "Assertion":
      return element.kind === "lookahead" || element.kind === "lookbehind"
        ? single(building, { characters: undefined, look: { assertion: element, flags } })
        : EMPTY;
    default:
      return single(building, { characters: building.read(element, characterFlags(flags)), look: undefined });
  }
}

function single({ nodes }: Building, node: Omit<GraphNode, "next">): Part {
  if (nodes.length >= MAX_NODES) throw new PatternTooLarge();
  const at = new Map([[nodes.push({ ...node, next: new Map() }) - 1, 1]]);
  return node.look === undefined ? { empty: 0, first: at, last: at } : { empty: 1, first: at, last: new Map() };
}

function alternatives(building: Building, list: readonly AST.Alternative[], flags: string): Part {
  return either(list.map(({ elements }) => sequence(building, elements, flags)));
}

function sequence(building: Building, elements: readonly AST.Element[], flags: string): Part {
  const ordered = building.isBackwards ? elements.toReversed() : elements;
  return ordered.reduce((before, one) => then(building, before, partOf(building, one, flags)), EMPTY);
}

function then(building: Building, one: Part, other: Part): Part {
  spend(building.work, one.first.size + other.last.size);
  link(building, one.last, other.first);
  return {
    empty: one.empty * other.empty,
    first: sum(one.first, times(other.first, one.empty)),
    last: sum(other.last, times(one.last, other.empty)),
  };
}

/** Lets every piece of `to` follow every piece of `from`. */
function link(building: Building, from: Ways, to: Ways) {
  for (const [source, ways] of from) {
    building.edges += to.size;
    if (building.edges > MAX_EDGES) throw new PatternTooLarge();
    spend(building.work, to.size);
    const next = building.nodes[source]?.next;
    for (const [target, count] of to) next?.set(target, (next.get(target) ?? 0) + ways * count);
  }
}

function repeated(building: Building, { element, min, max }: AST.Quantifier, flags: string): Part {
  if (max === 0) return EMPTY;
  const { sizeOf } = building;
  const isBounded = max !== Number.POSITIVE_INFINITY && max * sizeOf(element) <= MAX_COPIES;
  const least = min * sizeOf(element) <= MAX_COPIES ? min : 1;
  const copy = () => partOf(building, element, flags);

  let whole = EMPTY;
  for (let count = 1; count < least; count++) whole = then(building, whole, copy());
  if (!isBounded) {
    const loop = copy();
    link(building, loop.last, loop.first);
    return then(building, whole, least === 0 ? optional(loop) : loop);
  }
  if (least > 0) whole = then(building, whole, copy());
  return then(building, whole, upTo(building, Array.from({ length: max - least }, copy)));
}

/** Any number of `copies`. x{0,3} is (x(x(x)?)?)?, so that each copy follows only one other. */
function upTo(building: Building, copies: readonly Part[]): Part {
  if (copies.some(({ empty }) => empty > 0)) {
    return copies.reduceRight((rest, one) => optional(then(building, one, rest)), EMPTY);
  }
  for (const [index, { last }] of copies.entries()) link(building, last, copies[index + 1]?.first ?? EMPTY.first);
  return {
    empty: 1,
    first: copies[0]?.first ?? EMPTY.first,
    last: new Map(copies.flatMap(({ last }) => [...last])),
  };
}

/** A backreference matches a text that its group matches, or the empty text. */
function backreference(building: Building, { resolved }: AST.Backreference, flags: string): Part {
  const { copied } = building;
  const groups = [resolved].flat().filter((group) => !copied.has(group));
  const copies = groups.map((group) => {
    copied.add(group);
    const copy = alternatives(building, group.alternatives, flags);
    copied.delete(group);
    return copy;
  });
  return optional(either([EMPTY, ...copies]));
}

/**
 * Leaves out a repeated character at the end of a pattern that need not reach the end of the text: when the engine gets
 * there, it has matched, and goes through the rest of the text at most once.
 */
function withoutTail(elements: readonly AST.Element[]): readonly AST.Element[] {
  const last = elements.at(-1);
  if (last?.type !== "Quantifier" || !isOneCharacter(last.element)) return elements;
  const rest = elements.slice(0, -1);
  return last.min === 0 ? withoutTail(rest) : [...rest, { ...last, max: last.min }];
}

function isOneCharacter({ type }: AST.Element): boolean {
  return type === "Character" || type === "CharacterClass" || type === "CharacterSet";
}

/** Can the pattern match only at the start of a text? */
export function isAnchoredIn({ alternatives }: Anchored): boolean {
  return alternatives.every(({ elements: [first] }) => {
    // With the flag `m` the start of each line counts.
    if (first?.type === "Group" && first.modifiers?.add.multiline) return false;
    if (first?.type === "Group" || first?.type === "CapturingGroup") return isAnchoredIn(first);
    return first?.type === "Assertion" && first.kind === "start";
  });
}
