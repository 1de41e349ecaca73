import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
} from "yaml";
import type { Finding } from "./finding.ts";
import { isRecord } from "./json.ts";

export type ParsedText =
  | { readonly kind: "parsed"; readonly document: Document; readonly lines: LineCounter }
  | { readonly kind: "broken"; readonly findings: readonly Finding[] };

/** How many commas, colons, brackets and lines a text may have: each may become an object of the parser's. */
const MOST_MARKS = 1_000_000;

/** How deep objects and lists may stand in each other. */
export const MOST_LEVELS = 200;

/** How many values a document may have, with its aliases unfolded. */
const MOST_VALUES = 2_000_000;

/** Each alias takes a look at all that came before it. */
const MOST_ALIASES = 1000;

const MOST_FINDINGS = 20;

/** YAML or JSON with the positions of everything, or why it cannot be used. Takes no more than a text of its bounds may. */
export function parseText(text: string): ParsedText {
  if (hasMoreMarks(text)) {
    return broken([{ line: 1, message: "it has more than a million lines and values: leave out what is not needed" }]);
  }
  const lines = new LineCounter();
  // The parser would compare each key with each; they are looked at below.
  const document = parseDocument(text, { lineCounter: lines, logLevel: "error", uniqueKeys: false });
  const problems = [...document.errors, ...document.warnings].map(({ code, message, pos }) => ({
    line: lines.linePos(pos[0]).line,
    message: code === "RESOURCE_EXHAUSTION" ? TOO_DEEP : `${message.split("\n", 1)[0] || code}`,
  }));
  const findings = problems.length > 0 ? problems : violationsOf(document, lines);
  return findings.length === 0 ? { kind: "parsed", document, lines } : broken(findings);
}

const TOO_DEEP = `this is nested more than ${MOST_LEVELS} levels deep: move its parts to components`;

function broken(findings: readonly Finding[]): ParsedText {
  const more = findings.length - MOST_FINDINGS;
  const rest = { line: findings[MOST_FINDINGS]?.line ?? 1, message: `there are ${more} findings more` };
  return { kind: "broken", findings: more > 0 ? [...findings.slice(0, MOST_FINDINGS), rest] : findings };
}

function hasMoreMarks(text: string): boolean {
  let marks = 0;
  for (let at = 0; at < text.length; at++) if (",:\n[{".includes(text.charAt(at))) marks++;
  return marks > MOST_MARKS;
}

/** Keys that stand twice, what is too deep, and aliases that would have no end. */
function violationsOf(document: Document, lines: LineCounter): readonly Finding[] {
  const findings: Finding[] = [];
  // Of several anchors of one name the last one counts. Kept here, because asking an alias walks the whole document.
  const anchors = new Map<string, Node>();
  let aliases = 0;
  const report = (node: unknown, message: string) =>
    findings.push({ line: lines.linePos((node as Node).range?.[0] ?? 0).line, message });
  visit(document, {
    Node: (_key, node, path) => {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        const isFinished = target !== undefined && (node.range?.[0] ?? 0) >= (target.range?.[1] ?? 0);
        if (!isFinished) report(node, strayAlias(node.source));
        if (++aliases <= MOST_ALIASES) return undefined;
        report(node, `this is more than the ${MOST_ALIASES} aliases that are followed: write $ref instead`);
        return visit.BREAK;
      }
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (isMap(node)) for (const key of keysTwiceIn(node)) report(key, `the key ${key} stands here twice: remove one`);
      // Between a map and what is in it stands a pair.
      if (path.length <= 2 * MOST_LEVELS) return undefined;
      report(node, TOO_DEEP);
      return visit.BREAK;
    },
  });
  return findings;
}

function strayAlias(name: string): string {
  return `the alias *${name} does not follow a finished anchor &${name}: correct its name, or move it`;
}

/** By their text, for 200 and "200" are one key of a JSON object. */
function keysTwiceIn({ items }: YAMLMap): readonly unknown[] {
  const seen = new Set<string>();
  return items.flatMap(({ key }) => {
    const text = isScalar(key) ? String(key.value) : undefined;
    if (text === undefined) return [];
    const isTwice = seen.has(text);
    seen.add(text);
    return isTwice ? [key] : [];
  });
}

/** Is `value` larger or deeper, with everything that is shared in it counted each time, than the checks can take? */
export function isTooLarge(value: unknown): boolean {
  const waiting: { readonly value: unknown; readonly level: number }[] = [{ value, level: 0 }];
  let count = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (++count > MOST_VALUES || next.level > 2 * MOST_LEVELS) return true;
    const children = Array.isArray(next.value) ? next.value : isRecord(next.value) ? Object.values(next.value) : [];
    for (const child of children) waiting.push({ value: child, level: next.level + 1 });
  }
  return false;
}
