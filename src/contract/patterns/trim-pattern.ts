import { createRequire } from "node:module";
import type { AST } from "@eslint-community/regexpp";
import { once } from "../../lib/async/once.ts";
import type { Syntax } from "./pattern-syntax.ts";

/**
 * A shorter pattern that matches somewhere in exactly the texts in which `syntax` does. What may be empty at the start or
 * the end of a pattern without an anchor there decides nothing: `\s+$` is `\s$`, and `[a-z]+(-[a-z]+)*` is `[a-z]`. The
 * engine would try it in many ways all the same.
 */
export function trimPattern(syntax: Syntax): Syntax {
  const parsed = parsePattern(syntax);
  // Groups must keep their numbers for back-references.
  if (hasBackreference(syntax)) return syntax;
  const source = trimmed(parsed.alternatives, ["start", "end"]);
  return { ...syntax, source };
}

const load = createRequire(import.meta.url);

/** It is loaded for the first pattern: most starts compile none. */
const parser = once(() => {
  // The type of a module that is loaded later cannot be inferred.
  const { RegExpParser } = load("@eslint-community/regexpp") as typeof import("@eslint-community/regexpp");
  return new RegExpParser();
});

export function parsePattern({ source, flags }: Pick<Syntax, "source" | "flags">): AST.Pattern {
  return parser().parsePattern(source, 0, source.length, { unicode: flags === "u" });
}

function hasBackreference({ source }: Syntax): boolean {
  return /\\(?:[1-9]|k<)/.test(source);
}

type End = "start" | "end";

function trimmed(alternatives: readonly AST.Alternative[], ends: readonly End[]): string {
  const sources = alternatives.map(({ elements }) => ends.reduce(trimEnd, elements.map(toPart)).map(sourceOf).join(""));
  // An alternative that matches the empty text matches everywhere.
  return sources.includes("") ? "" : sources.join("|");
}

/** A piece of the source, with its element where that may be trimmed further. */
type Part = { readonly source: string; readonly element: AST.Element | undefined };

function toPart(element: AST.Element): Part {
  return { source: element.raw, element };
}

function sourceOf({ source }: Part): string {
  return source;
}

function trimEnd(parts: readonly Part[], end: End): readonly Part[] {
  const rest = end === "end" ? parts.slice(0, -1) : parts.slice(1);
  const join = (part: Part) => (end === "end" ? [...rest, part] : [part, ...rest]);
  const outer = end === "end" ? parts.at(-1) : parts[0];
  const element = outer?.element;
  if (element?.type === "Quantifier") {
    if (element.min === 0) return trimEnd(rest, end);
    if (element.min > 1) return join({ source: `${element.element.raw}{${element.min}}`, element: undefined });
    return trimEnd(join(toPart(element.element)), end);
  }
  const isGroup = element?.type === "CapturingGroup" || (element?.type === "Group" && element.modifiers === null);
  if (!isGroup) return parts;
  const inner = trimmed(element.alternatives, [end]);
  return inner === "" ? trimEnd(rest, end) : join({ source: `(?:${inner})`, element: undefined });
}
