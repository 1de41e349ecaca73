import type { AST } from "@eslint-community/regexpp";
import { type Alphabet, ANY_CHARACTER, alphabetOf, type CharacterSet } from "./character-sets.ts";
import { type Graph, type GraphDeps, type GraphNode, type Look, spend, toGraph, type Work } from "./pattern-graph.ts";
import { widestOf } from "./pattern-sizes.ts";

/** The most that the engine has to do for a pattern. */
export type Cost =
  /** At most this many steps for each character of any text. */
  | { readonly kind: "bounded"; readonly stepsPerCharacter: number }
  /** More steps for each character than allowed, on a text that begins with `sample`. */
  | { readonly kind: "unbounded"; readonly sample: string };

export type CostLimits = {
  /** The longest text that the pattern is tested on, in characters. */
  readonly longest: number;
  readonly stepsPerCharacter: number;
};

type State = {
  /** The pieces that the engine may have reached, in order. */
  readonly nodes: readonly number[];
  /** The most ways to each of them. */
  readonly ways: readonly number[];
  /** The text that leads here, from its last character backwards. */
  readonly text: Text | undefined;
};
type Text = { readonly letter: number; readonly before: Text | undefined };

/**
 * Counts the steps of a backtracking engine on a text that `pattern` does not match, for which it tries every way. For
 * each set of pieces that can be reached together it keeps the number of ways, and extends them by one character after
 * another until nothing changes, or there are too many.
 * @throws PatternTooLarge
 */
export function costOf(pattern: AST.Pattern, limits: CostLimits, deps: GraphDeps): Cost {
  return costOfGraph(toGraph(pattern, deps), limits, deps);
}

function costOfGraph(graph: Graph, limits: CostLimits, deps: GraphDeps): Cost {
  const looks = new Map<AST.LookaroundAssertion, number>();
  for (const { look } of graph.nodes) {
    if (look === undefined || looks.has(look.assertion)) continue;
    const cost = costOfGraph(toGraph(look.assertion, deps, look.flags), limits, deps);
    if (cost.kind === "unbounded") return cost;
    looks.set(look.assertion, cost.stepsPerCharacter);
  }
  const stepsOfLook = ({ assertion }: Look) =>
    (looks.get(assertion) ?? 0) * seenBy(widestOf(assertion.alternatives), limits.longest);
  // At the start of a text a lookaround is tried only once, and goes over each character.
  const stepsOfFirstLook = (look: Look) => Math.min(looks.get(look.assertion) ?? 0, stepsOfLook(look));
  const steps = graph.nodes.map((node, index) =>
    stepsAt(graph, node, index === 0 && graph.isAnchored ? stepsOfFirstLook : stepsOfLook),
  );
  return explore(graph, steps, limits, deps.work);
}

/** How many characters a lookaround goes over, on average: where it may see all of the text, it sees what is left of it. */
function seenBy(widest: number, longest: number): number {
  return widest < longest / 2 ? widest + 1 : longest / 2 + 1;
}

function stepsAt({ nodes }: Graph, { next }: GraphNode, stepsOfLook: (look: Look) => number): number {
  let steps = 1;
  for (const [target, ways] of next) {
    const look = nodes[target]?.look;
    steps += ways * (look === undefined ? 1 : stepsOfLook(look));
  }
  return steps;
}

const NO_CHARACTER: CharacterSet = [];

/** The start of every pattern, before the first character. */
const START: State = { nodes: [0], ways: [1], text: undefined };

function explore(
  graph: Graph,
  steps: readonly number[],
  { longest, stepsPerCharacter: most }: CostLimits,
  work: Work,
): Cost {
  const alphabet = alphabetFor(graph, work);
  // Without an anchor, every state has the start. With one, only its lookarounds go over more than one character.
  const first = graph.isAnchored && hasLookAtStart(graph) ? (steps[0] ?? 0) : 0;
  if (first > most) return { kind: "unbounded", sample: "" };
  const known = new Map<string, State>();
  let changed: readonly State[] = [START];
  let highest = 0;
  for (let length = 0; length < longest && changed.length > 0; length++) {
    const next = new Map<string, State>();
    for (const state of changed) {
      for (const reached of statesAfter(graph, alphabet, state, work)) {
        const key = reached.nodes.join();
        const before = next.get(key) ?? known.get(key);
        const merged = before === undefined ? reached : mostOf(before, reached);
        if (merged === before) continue;
        next.set(key, merged);
        known.set(key, merged);
        const cost = stepsIn(merged, steps);
        if (cost + first > most) return { kind: "unbounded", sample: textOf(merged.text, alphabet.samples) };
        highest = Math.max(highest, cost);
      }
    }
    changed = [...next.values()];
  }
  return { kind: "bounded", stepsPerCharacter: first + highest };
}

function hasLookAtStart({ nodes }: Graph): boolean {
  return [...(nodes[0]?.next.keys() ?? [])].some((target) => nodes[target]?.look !== undefined);
}

function alphabetFor({ nodes }: Graph, work: Work): Alphabet {
  const sets = nodes.map(({ characters }, index) => characters ?? (index === 0 ? ANY_CHARACTER : NO_CHARACTER));
  const different = new Set(sets);
  // Each set is compared with the bounds of all.
  spend(work, 4 * different.size * [...different].reduce((total, { length }) => total + length, 0));
  return alphabetOf(sets);
}

function stepsIn({ nodes, ways }: State, steps: readonly number[]): number {
  return nodes.reduce((total, node, at) => total + (steps[node] ?? 0) * (ways[at] ?? 0), 0);
}

/** The states that one more character leads to, one for each letter of the alphabet. */
function statesAfter(graph: Graph, { lettersOf }: Alphabet, state: State, work: Work): readonly State[] {
  const ways = waysAfter(graph, state, work);
  const byLetter = new Map<number, number[]>();
  for (const target of [...ways.keys()].toSorted((one, other) => one - other)) {
    const letters = lettersOf[target] ?? [];
    spend(work, letters.length);
    for (const letter of letters) {
      const targets = byLetter.get(letter);
      if (targets === undefined) byLetter.set(letter, [target]);
      else targets.push(target);
    }
  }
  return [...byLetter].map(([letter, targets]) => ({
    nodes: targets,
    ways: targets.map((target) => ways.get(target) ?? 0),
    text: { letter, before: state.text },
  }));
}

/** The pieces that may match the next character, each with the number of ways to it. */
function waysAfter({ nodes, isAnchored }: Graph, state: State, work: Work): ReadonlyMap<number, number> {
  const sums = new Map<number, number>();
  state.nodes.forEach((node, at) => {
    for (const [target, count] of nodes[node]?.next ?? []) {
      if (nodes[target]?.look === undefined) sums.set(target, (sums.get(target) ?? 0) + (state.ways[at] ?? 0) * count);
    }
    spend(work, nodes[node]?.next.size ?? 0);
  });
  // A pattern without an anchor is tried again at every character.
  if (!isAnchored && state.nodes[0] === 0) sums.set(0, 1);
  return sums;
}

/** The most ways of both states; `one` itself when it already has them. */
function mostOf(one: State, other: State): State {
  if (other.ways.every((count, at) => count <= (one.ways[at] ?? 0))) return one;
  return { ...other, ways: other.ways.map((count, at) => Math.max(count, one.ways[at] ?? 0)) };
}

function textOf(text: Text | undefined, samples: readonly string[]): string {
  const characters: string[] = [];
  for (let at = text; at !== undefined; at = at.before) characters.push(samples[at.letter] ?? "");
  return characters.reverse().join("");
}
