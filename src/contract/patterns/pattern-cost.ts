import type { AST } from "@eslint-community/regexpp";
import { ANY_CHARACTER, alphabetOf, type CharacterSet } from "./character-sets.ts";
import {
  type Graph,
  type GraphDeps,
  type GraphNode,
  type Look,
  spend,
  toGraph,
  type Work,
  widestOf,
} from "./pattern-graph.ts";

/** What the engine has to do for a pattern, at most. */
export type Cost =
  /** So many steps for each character of a text, whatever the text. */
  | { readonly kind: "bounded"; readonly stepsPerCharacter: number }
  /** More steps for each character than there may be, on a text that begins with `sample`. */
  | { readonly kind: "unbounded"; readonly sample: string };

export type CostLimits = {
  /** The longest text that the pattern meets, in characters. */
  readonly longest: number;
  readonly stepsPerCharacter: number;
};

type State = {
  /** The pieces that the engine may have come to, in order. */
  readonly nodes: readonly number[];
  /** In how many ways it came to each of them, at most. */
  readonly ways: readonly number[];
  /** The text that led here, from its last character back. */
  readonly text: Text | undefined;
};
type Text = { readonly letter: number; readonly before: Text | undefined };

/**
 * The steps of a backtracking engine over a text that `pattern` does not match, where it tries every way. A way is counted
 * once for each character that it comes to: the ways of each set of pieces that can be reached together are kept, and
 * extended by one character after another until there are no more of them, or too many.
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
    (looks.get(assertion) ?? 0) * (Math.min(widestOf(assertion.alternatives), limits.longest) + 1);
  // At the start of a text there is one look only, which goes over each of its characters.
  const stepsOfFirstLook = (look: Look) => Math.min(looks.get(look.assertion) ?? 0, stepsOfLook(look));
  const steps = graph.nodes.map((node, index) =>
    stepsAt(graph, node, index === 0 && graph.isAnchored ? stepsOfFirstLook : stepsOfLook),
  );
  return explore(graph, steps, limits, deps.work);
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

function explore(
  graph: Graph,
  steps: readonly number[],
  { longest, stepsPerCharacter: most }: CostLimits,
  work: Work,
): Cost {
  const { nodes, isAnchored } = graph;
  const sets = nodes.map(({ characters }, index) => characters ?? (index === 0 ? ANY_CHARACTER : NO_CHARACTER));
  const different = new Set(sets);
  // Each of them is held against the bounds of all.
  spend(work, 4 * different.size * [...different].reduce((total, { length }) => total + length, 0));
  const { samples, lettersOf } = alphabetOf(sets);
  const [first = 0] = steps;
  if (first > most) return { kind: "unbounded", sample: "" };
  const known = new Map<string, State>();
  let changed: State[] = [{ nodes: [0], ways: [1], text: undefined }];
  let highest = 0;
  for (let length = 0; length < longest && changed.length > 0; length++) {
    const next = new Map<string, State>();
    for (const state of changed) {
      for (const reached of stepsFrom(state)) {
        const key = reached.nodes.join();
        const before = next.get(key) ?? known.get(key);
        const merged = before === undefined ? reached : mostOf(before, reached);
        if (merged === before) continue;
        next.set(key, merged);
        known.set(key, merged);
        const cost = merged.nodes.reduce((total, node, at) => total + (steps[node] ?? 0) * (merged.ways[at] ?? 0), 0);
        if (cost + first > most) return { kind: "unbounded", sample: textOf(merged.text, samples) };
        highest = Math.max(highest, cost);
      }
    }
    changed = [...next.values()];
  }
  return { kind: "bounded", stepsPerCharacter: first + highest };

  function stepsFrom({ nodes: from, ways, text }: State): readonly State[] {
    const sums = new Map<number, number>();
    from.forEach((node, at) => {
      for (const [target, count] of nodes[node]?.next ?? []) {
        if (nodes[target]?.look === undefined) sums.set(target, (sums.get(target) ?? 0) + (ways[at] ?? 0) * count);
      }
      spend(work, nodes[node]?.next.size ?? 0);
    });
    // Where the pattern is tried at every character, one more try begins at each.
    if (!isAnchored && from[0] === 0) sums.set(0, 1);
    const byLetter = new Map<number, number[]>();
    for (const target of [...sums.keys()].toSorted((one, other) => one - other)) {
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
      ways: targets.map((target) => sums.get(target) ?? 0),
      text: { letter, before: text },
    }));
  }
}

/** The most ways of both, which is `one` itself where that has them already. */
function mostOf(one: State, other: State): State {
  if (other.ways.every((count, at) => count <= (one.ways[at] ?? 0))) return one;
  return { ...other, ways: other.ways.map((count, at) => Math.max(count, one.ways[at] ?? 0)) };
}

function textOf(text: Text | undefined, samples: readonly string[]): string {
  const characters: string[] = [];
  for (let at = text; at !== undefined; at = at.before) characters.push(samples[at.letter] ?? "");
  return characters.reverse().join("");
}
