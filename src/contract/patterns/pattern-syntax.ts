import { foreignClass } from "./foreign-classes.ts";

/** A pattern as the engine takes it. */
export type Syntax = {
  readonly source: string;
  /** Without the flag `u` only where the pattern is not valid with it. */
  readonly flags: "u" | "";
  /** What the pattern has that other languages know and ECMA-262 does not, such as `\A`. */
  readonly foreign: readonly string[];
};

/**
 * Reads a pattern. JSON Schema asks for ECMA-262, and OpenAPI 3.0 does not ask for the flag `u`: so escapes that only
 * that flag forbids lose their backslash, and single braces and brackets get one. Anchors and options that people write for
 * other languages get the form that ECMA-262 has for them. Where it can, the result has the flag
 * `u`, with which one character outside of the Basic Multilingual Plane is one character too.
 * @returns undefined when it is not a regular expression.
 */
export function readPattern(pattern: string): Syntax | undefined {
  const foreign = new Set<string>();
  const translated = translate(pattern, foreign);
  // Other languages intersect classes, as in `[\p{Print}&&[^:]]`.
  if (foreign.size > 0 && pattern.includes("&&")) return undefined;
  // What is valid as it is stays as it is, unless it means something else than its author wrote.
  const candidates = foreign.size === 0 ? [pattern, translated] : [translated];
  const source = candidates.find((one) => isExpression(one, "u"));
  if (source !== undefined) return { source, flags: "u", foreign: [...foreign] };
  // Without the flag, `\p{L}` would mean these letters.
  return !PROPERTY.test(pattern) && isExpression(pattern, "") ? { source: pattern, flags: "", foreign: [] } : undefined;
}

const PROPERTY = /\\[pP]\{/;

function isExpression(source: string, flags: Syntax["flags"]): boolean {
  try {
    new RegExp(source, flags);
    return true;
  } catch {
    return false;
  }
}

/** Options at the start that hold for the whole pattern. */
const OPTIONS = /^\(\?([ims]+)\)/;

function translate(pattern: string, foreign: Set<string>): string {
  const [start = "", options] = OPTIONS.exec(pattern) ?? [];
  if (options !== undefined) foreign.add(start);
  const source = translateParts(pattern.slice(start.length), foreign);
  return options === undefined ? source : `(?${[...new Set(options)].join("")}:${source})`;
}

/** An escape, the start of a group, a repetition, a class, or one character. */
const PART =
  /\\(?:u\{[0-9A-Fa-f]+\}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[pP]\{[^}]*\}|k<[^>]*>|c[A-Za-z]|0[0-7]{2}|.)|\(\?P<|\{\d+(?:,\d*)?\}|\[\^?\]|\[(?:\\.|[^\]\\])*\]|./gsu;

function translateParts(text: string, foreign: Set<string>): string {
  let source = "";
  for (const [part] of text.matchAll(PART)) source += translatePart(part, foreign);
  return source;
}

function translatePart(part: string, foreign: Set<string>): string {
  if (part.startsWith("\\")) return translateEscape(part, foreign);
  if (part === "(?P<") {
    foreign.add(part);
    return "(?<";
  }
  if (part.length > 1 && part.startsWith("[")) return translateClass(part, foreign);
  return part === "{" || part === "}" || part === "]" ? `\\${part}` : part;
}

const ANCHORS: ReadonlyMap<string, string> = new Map([
  ["\\A", "^"],
  ["\\Z", "$"],
  ["\\z", "$"],
]);

/** With the flag `u` only these may follow a backslash, besides what `PART` takes as a whole. */
const ESCAPES = /^\\(?:[dDsSwWbBtnvfr^$\\.*+?()[\]{}|/]|[1-9]|0|.{2,})$/u;

function translateEscape(part: string, foreign: Set<string>): string {
  const anchor = ANCHORS.get(part);
  const named = foreignClass(part);
  if (anchor !== undefined || named !== undefined) foreign.add(part);
  if (named !== undefined) return `[${named}]`;
  return anchor ?? withoutNeedlessBackslash(part, ESCAPES);
}

function withoutNeedlessBackslash(part: string, escapes: RegExp): string {
  if (OCTAL.test(part)) return `\\x${Number.parseInt(part.slice(1), 8).toString(16).padStart(2, "0")}`;
  return escapes.test(part) ? part : part.slice(1);
}

const OCTAL = /^\\0[0-7]{2}$/;

/** A class: within it a dash that is not a range is escaped, because with the flag `u` it must not follow `\w`. */
function translateClass(part: string, foreign: Set<string>): string {
  const items = [...part.slice(1, -1).matchAll(CLASS_PART)].map(([item]) => item);
  const source = items.map((item, index) => {
    if (item === "-" && (isSet(items[index - 1]) || isSet(items[index + 1]))) return "\\-";
    const named = foreignClass(item);
    if (named !== undefined) foreign.add(item);
    return named ?? (item.startsWith("\\") ? withoutNeedlessBackslash(item, CLASS_ESCAPES) : item);
  });
  return `[${source.join("")}]`;
}

const CLASS_PART = /\\(?:u\{[0-9A-Fa-f]+\}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[pP]\{[^}]*\}|c[A-Za-z]|0[0-7]{2}|.)|./gsu;
const CLASS_ESCAPES = /^\\(?:[dDsSwWbtnvfr^$\\.*+?()[\]{}|/-]|0|.{2,})$/u;

function isSet(item: string | undefined): boolean {
  return item !== undefined && /^\\[dDsSwWpP]/.test(item);
}
