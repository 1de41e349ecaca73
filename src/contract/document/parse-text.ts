import {
  type Document,
  type ErrorCode,
  isAlias,
  isMap,
  isNode,
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

/** How many commas, colons, brackets and lines a text may have: the parser may create an object for each. */
const MAX_MARKS = 1_000_000;

/** How deeply objects and lists may be nested. */
export const MAX_LEVELS = 200;

/** How many values a document may have, with its aliases expanded. */
const MAX_VALUES = 2_000_000;

/** How many aliases a text may have: the parser searches everything before an alias for its anchor. */
const MAX_ALIASES = 1000;

/** How many copies aliases may expand to. Otherwise a few lines of aliases of aliases could fill the memory. */
export const MAX_ALIAS_COPIES = 1000;

const MAX_FINDINGS = 20;

/** Parses YAML or JSON with the position of every value. The limits above bound its time and memory. */
export function parseText(text: string): ParsedText {
  if (hasTooManyMarks(text)) {
    return broken([{ line: 1, message: "it has more than a million lines and values: remove what is not needed" }]);
  }
  const lines = new LineCounter();
  // `structureFindings` finds duplicate keys: the parser would compare every pair of keys.
  const document = parseDocument(text, {
    lineCounter: lines,
    logLevel: "error",
    uniqueKeys: false,
    merge: true,
    prettyErrors: false,
  });
  const slip = firstSlip(document, lines);
  const findings = slip === undefined ? structureFindings(document, lines) : [slip];
  return findings.length === 0 ? { kind: "parsed", document, lines } : broken(findings);
}

/** The first error of a text. One slip makes the parser misread what follows, and find hundreds of errors there. */
function firstSlip(document: Document, lines: LineCounter): Finding | undefined {
  const [first, ...others] = [...document.errors, ...document.warnings];
  if (first === undefined) return undefined;
  const { code, message, pos } = others.reduce((one, other) => (other.pos[0] < one.pos[0] ? other : one), first);
  const { line, col } = lines.linePos((code === "MISSING_CHAR" && openQuote(document, pos[0])) || pos[0]);
  if (code === "RESOURCE_EXHAUSTION") return { line, message: TOO_DEEP };
  return { line, message: `column ${col}: ${message.split("\n", 1)[0] || code}: ${FIXES[code] ?? OTHER_FIX}` };
}

/** Where a text in quotes begins that is not closed where it ends, which may be at the end of the file. */
function openQuote(document: Document, end: number): number | undefined {
  let start: number | undefined;
  visit(document, {
    Scalar: (_key, { type, range }) => {
      if (type?.startsWith("QUOTE") && range && range[0] < end && range[1] >= end) start = range[0];
    },
  });
  return start;
}

const TOO_DEEP = `this is nested more than ${MAX_LEVELS} levels deep: move parts of it to components`;

const ALIGN = "align this line with its neighbours, or close the bracket or brace above it";
const QUOTE = "put this text into quotes";
const OTHER_FIX = "correct this line, or the one above it";

/** What to do about an error, by its code. */
const FIXES: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: QUOTE,
  BAD_INDENT: ALIGN,
  BAD_SCALAR_START: QUOTE,
  BLOCK_AS_IMPLICIT_KEY: "put text that contains a colon and a space into quotes, and a space after a dash",
  BLOCK_IN_FLOW: "put a comma between two entries, and close the bracket or brace",
  MISSING_CHAR: "close the quote, bracket or brace, or put a colon and a space after the key",
  MULTILINE_IMPLICIT_KEY: "put a colon and a space after the key",
  MULTIPLE_DOCS: "remove the line --- and what follows it",
  TAB_AS_INDENT: "indent it with spaces",
  TAG_RESOLVE_FAILED: "put text that begins with ! into quotes",
  UNEXPECTED_TOKEN: QUOTE,
};

function broken(findings: readonly Finding[]): ParsedText {
  const more = findings.length - MAX_FINDINGS;
  const rest = { line: findings[MAX_FINDINGS]?.line ?? 1, message: `there are ${more} more findings` };
  return { kind: "broken", findings: more > 0 ? [...findings.slice(0, MAX_FINDINGS), rest] : findings };
}

/** May parsing `text` create too many objects? */
export function hasTooManyMarks(text: string): boolean {
  let marks = 0;
  for (let at = 0; at < text.length; at++) marks += MARKS[text.charCodeAt(at)] ?? 0;
  return marks > MAX_MARKS;
}

/** 1 for each mark, by its code. */
const MARKS = Uint8Array.from({ length: 128 }, (_, code) => Number(",:\n[{".includes(String.fromCharCode(code))));

/** Finds duplicate keys, values that are nested too deeply, and aliases that are circular or too many. */
function structureFindings(document: Document, lines: LineCounter): readonly Finding[] {
  const findings: Finding[] = [];
  // Of several anchors with one name the last one counts. Resolving an alias with the library walks the whole document.
  const anchors = new Map<string, Node>();
  let aliases = 0;
  const report = (node: unknown, message: string) => {
    const offset = isNode(node) ? node.range?.[0] : undefined;
    findings.push({ line: lines.linePos(offset ?? 0).line, message });
  };
  visit(document, {
    Node: (_key, node, path) => {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        const isFinished = target !== undefined && (node.range?.[0] ?? 0) >= (target.range?.[1] ?? 0);
        if (!isFinished) report(node, strayAlias(node.source));
        if (++aliases <= MAX_ALIASES) return undefined;
        report(node, `this document has more than ${MAX_ALIASES} aliases: use $ref instead`);
        return visit.BREAK;
      }
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (isMap(node)) for (const key of duplicateKeysIn(node)) report(key, `the key ${key} is here twice: remove one`);
      // The path also contains the pair between a map and each of its values.
      if (path.length <= 2 * MAX_LEVELS) return undefined;
      report(node, TOO_DEEP);
      return visit.BREAK;
    },
  });
  return findings;
}

function strayAlias(name: string): string {
  return `the alias *${name} is not after the end of an anchor &${name}: correct its name, or move it`;
}

/** Compares keys as text, because 200 and "200" are one key of a JSON object. */
function duplicateKeysIn({ items }: YAMLMap): readonly unknown[] {
  const seen = new Set<string>();
  return items.flatMap(({ key }) => {
    const text = isScalar(key) ? String(key.value) : undefined;
    if (text === undefined) return [];
    const isTwice = seen.has(text);
    seen.add(text);
    return isTwice ? [key] : [];
  });
}

/** Is `value` too large or too deep for the checks? Shared parts count each time that they occur. */
export function isTooLarge(value: unknown): boolean {
  const waiting: { readonly value: unknown; readonly level: number }[] = [{ value, level: 0 }];
  let count = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (++count > MAX_VALUES || next.level > 2 * MAX_LEVELS) return true;
    const children = Array.isArray(next.value) ? next.value : isRecord(next.value) ? Object.values(next.value) : [];
    for (const child of children) waiting.push({ value: child, level: next.level + 1 });
  }
  return false;
}
