/** How deeply JSON of requests may be nested. What judges and copies it calls itself for each level. */
export const MAX_DEPTH = 200;

/** Why a text is refused. It never quotes the text. */
export type JsonViolation = "encoding" | "syntax" | "duplicate-name" | "name-characters" | "characters" | "depth";

/**
 * Where U+0000 and unpaired surrogates are refused. In names always: programs that end a text at U+0000, or replace half of
 * a pair, would find another name there, perhaps one that comes twice.
 */
export type RefusedCharacters = "everywhere" | "in-names";

export type JsonOutcome =
  | { readonly kind: "parsed"; readonly value: unknown }
  | { readonly kind: "refused"; readonly violation: JsonViolation };

/**
 * Parses I-JSON (RFC 7493 §2): valid UTF-8 without a byte order mark, no duplicate names in an object and no unpaired
 * surrogates. It also refuses U+0000 and nesting deeper than `MAX_DEPTH`. `JSON.parse` accepts all of these, so two programs
 * that handle the same request could read it differently.
 */
export function parseStrictJson(bytes: Uint8Array, characters: RefusedCharacters = "everywhere"): JsonOutcome {
  return parseWithout(bytes, [
    ...(["duplicate-name", "name-characters", "depth"] as const),
    ...(characters === "everywhere" ? (["characters"] as const) : []),
  ]);
}

/** Refuses only what two programs may read differently; allows unusual characters and deep nesting. */
export function parseUnambiguousJson(bytes: Uint8Array): JsonOutcome {
  return parseWithout(bytes, ["duplicate-name"]);
}

/**
 * Whether in `text`, which JSON.parse accepts, no object has a name twice and nothing is nested deeper than `maxDepth`.
 */
export function isUnambiguous(text: string, maxDepth: number): boolean {
  return violationOf(text, ["duplicate-name", "depth"], maxDepth) === undefined;
}

function parseWithout(bytes: Uint8Array, refusedFor: readonly JsonViolation[]): JsonOutcome {
  const text = decodeJson(bytes);
  if (text === undefined) return refused("encoding");
  const value = parse(text);
  if (value === undefined) return refused("syntax");

  const violation = violationOf(text, refusedFor);
  return violation === undefined ? { kind: "parsed", value } : refused(violation);
}

export function refused(violation: JsonViolation): JsonOutcome {
  return { kind: "refused", violation };
}

// Shared: without `stream` a decoder keeps no state between texts.
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of UTF-8 without a byte order mark; undefined for other bytes. */
export function decodeJson(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** @returns undefined if `text` is not JSON, which has no undefined of its own. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const [QUOTE, BACKSLASH, COLON, SPACE] = [0x22, 0x5c, 0x3a, 0x20];
const [OPENING_OBJECT, CLOSING_OBJECT, OPENING_ARRAY, CLOSING_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Scans a text that JSON.parse has accepted, so that only strings and brackets need a look. */
function violationOf(
  text: string,
  refusedFor: readonly JsonViolation[],
  maxDepth = MAX_DEPTH,
): JsonViolation | undefined {
  const isDepthRefused = refusedFor.includes("depth");
  /** For each open object its names so far; null for an open array. */
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      const violation = stringViolation(text, { at, end }, open.at(-1));
      if (violation !== undefined && refusedFor.includes(violation)) return violation;
      at = end;
    } else if (code === OPENING_OBJECT || code === OPENING_ARRAY) {
      open.push(code === OPENING_OBJECT ? new Set() : null);
      if (isDepthRefused && open.length > maxDepth) return "depth";
    } else if (code === CLOSING_OBJECT || code === CLOSING_ARRAY) open.pop();
  }
  return undefined;
}

/** @returns the position of the closing quote of the string that begins at `at`, in a text that JSON.parse accepts. */
export function endOfString(text: string, at: number): number {
  let end = at + 1;
  for (let code = text.charCodeAt(end); code !== QUOTE; code = text.charCodeAt(end)) end += code === BACKSLASH ? 2 : 1;
  return end;
}

type Place = { readonly at: number; readonly end: number };

/** Unpaired surrogates and U+0000 can only occur as escapes: UTF-8 excludes the former and JSON the latter. */
function stringViolation(text: string, { at, end }: Place, names: Set<string> | null | undefined) {
  const written = text.slice(at + 1, end);
  const string: string = written.includes("\\") ? JSON.parse(text.slice(at, end + 1)) : written;
  const isUnusual = string !== written && (string.includes("\0") || !string.isWellFormed());
  if (!names || !isName(text, end)) return isUnusual ? "characters" : undefined;
  if (names.has(string)) return "duplicate-name";
  names.add(string);
  return isUnusual ? "name-characters" : undefined;
}

/** Does a colon follow the string that ends at `end`, with at most white space between? */
function isName(text: string, end: number): boolean {
  let at = end + 1;
  while (text.charCodeAt(at) <= SPACE) at++;
  return text.charCodeAt(at) === COLON;
}
