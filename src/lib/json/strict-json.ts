const DEEPEST = 32;

/** Why a text is not taken for JSON; none of these quotes the text. */
export type JsonError = "encoding" | "syntax" | "duplicate-name" | "characters" | "depth";

export type JsonOutcome =
  | { readonly kind: "parsed"; readonly value: unknown }
  | { readonly kind: "refused"; readonly violation: JsonError };

/**
 * Reads JSON the way of I-JSON (RFC 7493 §2): valid UTF-8 without a byte order mark, no name twice in an object, no
 * lone surrogate, and besides no U+0000 and no nesting deeper than 32. `JSON.parse` accepts each of these, and so two
 * programs on a request's way could read different things in it.
 */
export function parseStrictJson(bytes: Uint8Array): JsonOutcome {
  return parseWithout(bytes, ["duplicate-name", "characters", "depth"]);
}

/** Refuses what two programs may read differently, but neither unusual characters nor deep nesting. */
export function parseUnambiguousJson(bytes: Uint8Array): JsonOutcome {
  return parseWithout(bytes, ["duplicate-name"]);
}

function parseWithout(bytes: Uint8Array, refusedFor: readonly JsonError[]): JsonOutcome {
  const text = decode(bytes);
  if (text === undefined) return refused("encoding");
  const value = parse(text);
  if (value === undefined) return refused("syntax");

  const violation = violationOf(text, refusedFor);
  return violation === undefined ? { kind: "parsed", value } : refused(violation);
}

function refused(violation: JsonError): JsonOutcome {
  return { kind: "refused", violation };
}

// One for all: without `stream` it keeps nothing from one text to the next.
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** JSON has no undefined, so it can stand for «no JSON». */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const [QUOTE, BACKSLASH, COLON, SPACE] = [0x22, 0x5c, 0x3a, 0x20];
const [OPENING_OBJECT, CLOSING_OBJECT, OPENING_ARRAY, CLOSING_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Of a text that JSON.parse accepted: there strings, and what opens and closes, are all that matter. */
function violationOf(text: string, refusedFor: readonly JsonError[]): JsonError | undefined {
  const deepest = refusedFor.includes("depth") ? DEEPEST : Number.POSITIVE_INFINITY;
  /** The names of each open object; null for an open array. */
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
      if (open.length > deepest) return "depth";
    } else if (code === CLOSING_OBJECT || code === CLOSING_ARRAY) open.pop();
  }
  return undefined;
}

/** @returns where its closing quote stands. */
function endOfString(text: string, at: number): number {
  let end = at + 1;
  for (let code = text.charCodeAt(end); code !== QUOTE; code = text.charCodeAt(end)) end += code === BACKSLASH ? 2 : 1;
  return end;
}

type Place = { readonly at: number; readonly end: number };

/** Half a surrogate pair and U+0000 can only come in an escape: UTF-8 has no such half, and JSON no such character. */
function stringViolation(text: string, { at, end }: Place, names: Set<string> | null | undefined) {
  const written = text.slice(at + 1, end);
  const string: string = written.includes("\\") ? JSON.parse(text.slice(at, end + 1)) : written;
  if (names && isName(text, end)) {
    if (names.has(string)) return "duplicate-name";
    names.add(string);
  }
  return string !== written && (string.includes("\0") || !string.isWellFormed()) ? "characters" : undefined;
}

/** Does a colon come behind the string that ends there? Only white space may stand between. */
function isName(text: string, end: number): boolean {
  let at = end + 1;
  while (text.charCodeAt(at) <= SPACE) at++;
  return text.charCodeAt(at) === COLON;
}
