import type { AST } from "@eslint-community/regexpp";
import { parsePattern } from "../../../src/contract/patterns/trim-pattern.ts";

/** Where a match goes on; true ends the search. */
type Next = (at: number) => boolean;
type Matcher = (at: number, next: Next) => boolean;

/** Matches as a backtracking engine does, and counts each try to match a character, until there are more than `most`. */
export function countSteps(source: string, text: string, most: number): number {
  const pattern = parsePattern({ source, flags: "u" });
  const counter = new Counter([...text], most);
  try {
    const matcher = counter.either(pattern.alternatives, "", false);
    for (let start = 0; start <= counter.text.length; start++) if (matcher(start, () => true)) break;
  } catch (error) {
    if (!(error instanceof TooMany)) throw error;
  }
  return counter.steps;
}

class TooMany extends Error {}

class Counter {
  readonly text: readonly string[];
  readonly #most: number;
  readonly #groups = new Map<AST.CapturingGroup, readonly string[]>();
  steps = 0;

  constructor(text: readonly string[], most: number) {
    this.text = text;
    this.#most = most;
  }

  #step() {
    if (++this.steps > this.#most) throw new TooMany();
  }

  either(list: readonly AST.Alternative[], flags: string, isBackwards: boolean): Matcher {
    const matchers = list.map(({ elements }) => {
      const ordered = isBackwards ? elements.toReversed() : elements;
      return this.#sequence(ordered.map((one) => this.#element(one, flags, isBackwards)));
    });
    return (at, next) => matchers.some((one) => one(at, next));
  }

  #sequence([first, ...others]: readonly Matcher[]): Matcher {
    if (first === undefined) return (at, next) => next(at);
    const rest = this.#sequence(others);
    return (at, next) => first(at, (end) => rest(end, next));
  }

  #element(node: AST.Element, flags: string, isBackwards: boolean): Matcher {
    switch (node.type) {
      case "Quantifier":
        return this.#repeat(node, this.#element(node.element, flags, isBackwards));
      case "Group":
        return this.either(node.alternatives, node.modifiers?.add.ignoreCase ? "i" : flags, isBackwards);
      case "CapturingGroup": {
        const inner = this.either(node.alternatives, flags, isBackwards);
        return (at, next) =>
          inner(at, (end) => {
            this.#groups.set(node, this.text.slice(Math.min(at, end), Math.max(at, end)));
            return next(end);
          });
      }
      case "Backreference":
        return (at, next) => this.#backreference(node, at, next);
      case "Assertion":
        return this.#assertion(node, flags);
      default:
        return this.#character(
          new RegExp(`^(?:${node.raw})$`, `us${flags}`.replace("s", node.raw === "." ? "" : "s")),
          isBackwards,
        );
    }
  }

  #character(expression: RegExp, isBackwards: boolean): Matcher {
    return (at, next) => {
      this.#step();
      const character = this.text[isBackwards ? at - 1 : at];
      return character !== undefined && expression.test(character) && next(isBackwards ? at - 1 : at + 1);
    };
  }

  #repeat({ min, max, greedy }: AST.Quantifier, one: Matcher): Matcher {
    const from = (count: number, at: number, next: Next): boolean => {
      // The engine leaves a loop that matched nothing.
      const more = () =>
        count < max && one(at, (end) => (end === at && count >= min ? false : from(count + 1, end, next)));
      if (count < min) return more();
      return greedy ? more() || next(at) : next(at) || more();
    };
    return (at, next) => from(0, at, next);
  }

  #backreference({ resolved }: AST.Backreference, at: number, next: Next): boolean {
    const captured =
      [resolved]
        .flat()
        .map((group) => this.#groups.get(group))
        .find((one) => one !== undefined) ?? [];
    for (const [index, character] of captured.entries()) {
      this.#step();
      if (this.text[at + index] !== character) return false;
    }
    return next(at + captured.length);
  }

  #assertion(node: AST.Assertion, flags: string): Matcher {
    if (node.kind === "start") return (at, next) => at === 0 && next(at);
    if (node.kind === "end") return (at, next) => at === this.text.length && next(at);
    if (node.kind === "word") {
      const isWord = (at: number) => /^\w$/.test(this.text[at] ?? "");
      return (at, next) => (isWord(at - 1) !== isWord(at)) !== node.negate && next(at);
    }
    // Lookarounds are all that is left.
    const look = node as AST.LookaroundAssertion;
    const inner = this.either(look.alternatives, flags, look.kind === "lookbehind");
    return (at, next) => inner(at, () => true) !== look.negate && next(at);
  }
}
