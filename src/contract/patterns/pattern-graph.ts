import type { AST } from "@eslint-community/regexpp";
import type { CharacterSet, ReadCharacters } from "./character-sets.ts";

/** The ways through a pattern: its pieces, each of which matches one character, and what may follow each. */
export type Graph = {
  /** Of each piece. The piece 0 is the start, before anything is matched. */
  readonly nodes: readonly GraphNode[];
  /** The engine tries the pattern at the start of a text only, and not at every character. */
  readonly isAnchored: boolean;
};

export type GraphNode = {
  /** What the piece matches; undefined for the start and for a look at what is ahead or behind. */
  readonly characters: CharacterSet | undefined;
  /** A look ahead or behind, with the flags that hold there. It matches no character, and nothing follows it. */
  readonly look: Look | undefined;
  /** What the engine may try next, and in how many ways it comes there. */
  readonly next: Map<number, number>;
};

export type Look = { readonly assertion: AST.LookaroundAssertion; readonly flags: string };

/** What may still be done to judge patterns; counted, because a busy machine must come to the same verdict. */
export type Work = { left: number };

/** @throws PatternTooLarge when nothing is left. */
export function spend(work: Work, amount: number) {
  work.left -= amount;
  if (work.left < 0) throw new PatternTooLarge();
}

export type GraphDeps = { readonly read: ReadCharacters; readonly work: Work };

/** The pattern has more pieces than are looked at. */
export class PatternTooLarge extends Error {}

/** Part of a graph: how often it matches nothing at all, and where it begins and ends. */
type Part = {
  readonly empty: number;
  readonly first: ReadonlyMap<number, number>;
  readonly last: ReadonlyMap<number, number>;
};

const NOTHING: Part = { empty: 1, first: new Map(), last: new Map() };

const MOST_NODES = 4_000;
const MOST_EDGES = 200_000;
/** What one element takes, beside its edges. */
const WORK_FOR_PART = 10;
/** What is repeated more often counts as repeated without end, which has all the ways of it and more. */
const MOST_COPIES = 1_100;

type Holder = { readonly alternatives: readonly AST.Alternative[] };

/**
 * The graph of `holder`, a pattern or a look ahead or behind. Every way that the engine may try has its way in the graph;
 * the graph may have more, for assertions always hold there.
 * @throws PatternTooLarge
 */
export function toGraph(holder: Holder & { readonly type: string }, { read, work }: GraphDeps, flags = ""): Graph {
  const nodes: GraphNode[] = [{ characters: undefined, look: undefined, next: new Map() }];
  let edges = 0;
  const sizeOf = sizeReader();
  const isBackwards = "kind" in holder && holder.kind === "lookbehind";

  const add = (node: Omit<GraphNode, "next">): number => {
    if (nodes.length >= MOST_NODES) throw new PatternTooLarge();
    return nodes.push({ ...node, next: new Map() }) - 1;
  };
  const link = (from: ReadonlyMap<number, number>, to: ReadonlyMap<number, number>) => {
    for (const [source, ways] of from) {
      edges += to.size;
      if (edges > MOST_EDGES) throw new PatternTooLarge();
      spend(work, to.size);
      const next = nodes[source]?.next;
      for (const [target, count] of to) next?.set(target, (next.get(target) ?? 0) + ways * count);
    }
  };
  const then = (one: Part, other: Part): Part => {
    spend(work, one.first.size + other.last.size);
    link(one.last, other.first);
    return {
      empty: one.empty * other.empty,
      first: sum(one.first, times(other.first, one.empty)),
      last: sum(other.last, times(one.last, other.empty)),
    };
  };
  const single = (node: Omit<GraphNode, "next">): Part => {
    const at = new Map([[add(node), 1]]);
    return node.look === undefined ? { empty: 0, first: at, last: at } : { empty: 1, first: at, last: new Map() };
  };

  const alternatives = (list: readonly AST.Alternative[], mode: string): Part =>
    either(list.map(({ elements }) => sequence(elements, mode)));
  const sequence = (elements: readonly AST.Element[], mode: string): Part =>
    (isBackwards ? elements.toReversed() : elements)
      .map((one) => () => part(one, mode))
      .reduce((before, build) => then(before, build()), NOTHING);
  /** x{0,3} is (x(x(x)?)?)?, so that each copy follows one other only. */
  const upTo = (most: number, build: () => Part): Part => {
    const copies = Array.from({ length: most }, build);
    if (copies.some(({ empty }) => empty > 0))
      return copies.reduceRight((rest, one) => optional(then(one, rest)), NOTHING);
    for (const [index, { last }] of copies.entries()) link(last, copies[index + 1]?.first ?? NOTHING.first);
    return {
      empty: 1,
      first: copies[0]?.first ?? NOTHING.first,
      last: new Map(copies.flatMap(({ last }) => [...last])),
    };
  };
  const optional = (inner: Part): Part => ({ ...inner, empty: 1 });
  const repeated = ({ element, min, max }: AST.Quantifier, mode: string): Part => {
    if (max === 0) return NOTHING;
    const isBounded = max !== Number.POSITIVE_INFINITY && max * sizeOf(element) <= MOST_COPIES;
    const least = min * sizeOf(element) <= MOST_COPIES ? min : 1;
    let whole = NOTHING;
    for (let copy = 1; copy < least; copy++) whole = then(whole, part(element, mode));
    if (!isBounded) {
      const loop = part(element, mode);
      link(loop.last, loop.first);
      return then(whole, least === 0 ? optional(loop) : loop);
    }
    if (least > 0) whole = then(whole, part(element, mode));
    return then(
      whole,
      upTo(max - least, () => part(element, mode)),
    );
  };
  const copied = new Set<AST.CapturingGroup>();
  /** What a group matched is a text that the group matches, or nothing. */
  const backreference = ({ resolved }: AST.Backreference, mode: string): Part => {
    const groups = [resolved].flat().filter((group) => !copied.has(group));
    const copies = groups.map((group) => {
      copied.add(group);
      const copy = alternatives(group.alternatives, mode);
      copied.delete(group);
      return copy;
    });
    return optional(either([NOTHING, ...copies]));
  };
  function part(element: AST.Element, mode: string): Part {
    spend(work, WORK_FOR_PART);
    switch (element.type) {
      case "Quantifier":
        return repeated(element, mode);
      case "Group":
        return alternatives(element.alternatives, modeIn(element, mode));
      case "CapturingGroup":
        return alternatives(element.alternatives, mode);
      case "Backreference":
        return backreference(element, mode);
      case "Assertion":
        return element.kind === "lookahead" || element.kind === "lookbehind"
          ? single({ characters: undefined, look: { assertion: element, flags: mode } })
          : NOTHING;
      default:
        return single({ characters: read(element, mode), look: undefined });
    }
  }

  const elementsOf = ({ elements }: AST.Alternative) => (isBackwards ? elements : withoutTail(elements));
  const whole = either(holder.alternatives.map((one) => sequence(elementsOf(one), flags)));
  link(new Map([[0, 1]]), whole.first);
  return { nodes, isAnchored: holder.type !== "Pattern" || isAnchoredIn(holder) };
}

function either(parts: readonly Part[]): Part {
  return parts.reduce((one, other) => ({
    empty: one.empty + other.empty,
    first: sum(one.first, other.first),
    last: sum(one.last, other.last),
  }));
}

function modeIn({ modifiers }: AST.Group, mode: string): string {
  const { add, remove } = modifiers ?? { add: null, remove: null };
  const has = (flag: string, isAdded?: boolean, isRemoved?: boolean) =>
    isAdded || (mode.includes(flag) && !isRemoved) ? flag : "";
  return has("i", add?.ignoreCase, remove?.ignoreCase) + has("s", add?.dotAll, remove?.dotAll);
}

/**
 * Without the repetition of a character at the end of what need not reach the end of the text: the engine comes there when
 * it has matched, and then goes through the rest of the text at most once.
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

function isAnchoredIn({ alternatives }: Holder): boolean {
  return alternatives.every(({ elements: [first] }) => {
    if (first?.type === "Group" || first?.type === "CapturingGroup") return isAnchoredIn(first);
    return first?.type === "Assertion" && first.kind === "start";
  });
}

/** Counts how many pieces an element has, with all its repetitions. */
function sizeReader(): (element: AST.Element) => number {
  const known = new Map<AST.Element, number>();
  const count = (element: AST.Element): number => {
    switch (element.type) {
      case "Quantifier":
        return (
          sizeOf(element.element) * (element.max === Number.POSITIVE_INFINITY ? Math.max(element.min, 1) : element.max)
        );
      case "Group":
      case "CapturingGroup":
        return Math.max(1, sumOf(element.alternatives.flatMap(({ elements }) => elements.map(sizeOf))));
      default:
        return 1;
    }
  };
  const sizeOf = (element: AST.Element): number => {
    const size = known.get(element) ?? count(element);
    known.set(element, size);
    return size;
  };
  return sizeOf;
}

/** How many characters `element` matches at most. */
export function widthOf(element: AST.Element): number {
  switch (element.type) {
    case "Quantifier": {
      const width = widthOf(element.element);
      return width === 0 || element.max === 0 ? 0 : width * element.max;
    }
    case "Group":
    case "CapturingGroup":
      return widestOf(element.alternatives);
    case "Assertion":
      return 0;
    case "Backreference":
      return Number.POSITIVE_INFINITY;
    default:
      return 1;
  }
}

/** How many characters the longest of `alternatives` matches at most. */
export function widestOf(alternatives: readonly AST.Alternative[]): number {
  return alternatives.reduce((most, { elements }) => Math.max(most, sumOf(elements.map(widthOf))), 0);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function sum(one: ReadonlyMap<number, number>, other: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  if (one.size === 0) return other;
  if (other.size === 0) return one;
  const total = new Map(one);
  for (const [at, count] of other) total.set(at, (total.get(at) ?? 0) + count);
  return total;
}

function times(map: ReadonlyMap<number, number>, factor: number): ReadonlyMap<number, number> {
  if (factor === 1) return map;
  return factor === 0 ? new Map() : new Map([...map].map(([at, count]) => [at, count * factor]));
}
