import { once } from "../../lib/async/once.ts";
import { endOfString, isUnambiguous } from "../../lib/json/strict-json.ts";
import type { Pointer } from "./finding.ts";
import { isRecord, type JsonObject } from "./json.ts";
import { MAX_LEVELS } from "./parse-text.ts";

export type ParsedJson = {
  readonly document: JsonObject;
  /** The 1-based line of `pointer`, or of the nearest existing ancestor. */
  readonly lineOf: (pointer: Pointer) => number;
};

/**
 * Parses a JSON text, in a tenth of the time that it takes to parse it as YAML.
 * @returns undefined for everything that is not plainly sound: the parser of YAML reads it, and says what is wrong.
 */
export function parseJson(text: string): ParsedJson | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  const document = parse(text);
  if (!isRecord(document) || !isUnambiguous(text, MAX_LEVELS)) return undefined;
  return { document, lineOf: lineFinder(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where an entry of an object or list begins (for an object: its name), and where its value begins. */
type Entry = { readonly begin: number; readonly value: number };

/** From this length in characters on, an object or list is read once, and what is in it kept. */
const LONG = 2_000;

/** Finds entries on demand. Most findings are deep inside the few long objects of a contract, such as `paths`. */
function lineFinder(text: string): ParsedJson["lineOf"] {
  const known = new Map<number, ReadonlyMap<string, Entry>>();
  const ends = once(() => closingBrackets(text));
  const entryAt = (at: number, name: string) => {
    const kept = known.get(at);
    if (kept !== undefined) return kept.get(name);
    const end = ends()(at);
    if (end === undefined) return undefined;
    if (end - at < LONG) return findEntry(readEntries(text, at, ends()), name);
    const entries = new Map(readEntries(text, at, ends()));
    known.set(at, entries);
    return entries.get(name);
  };
  const lineAt = lineCounter(text);
  return (pointer) => {
    let [begin, value] = [0, skipSpace(text, 0)];
    for (const step of pointer) {
      const entry = entryAt(value, String(step));
      if (entry === undefined) break;
      ({ begin, value } = entry);
    }
    return lineAt(begin);
  };
}

/** The position after the closing bracket of the object or list that begins at a position; undefined for other values. */
type EndOf = (at: number) => number | undefined;

function findEntry(entries: Iterable<[string, Entry]>, name: string): Entry | undefined {
  for (const [one, entry] of entries) if (one === name) return entry;
  return undefined;
}

const [QUOTE, OPENING_OBJECT, CLOSING_OBJECT, OPENING_LIST, CLOSING_LIST] = [0x22, 0x7b, 0x7d, 0x5b, 0x5d];

/** Large contracts have half a million brackets: two lists of numbers take a fifth of the memory of a map. */
function closingBrackets(text: string): EndOf {
  const [begins, ends, open]: [number[], number[], number[]] = [[], [], []];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === OPENING_OBJECT || code === OPENING_LIST) {
      open.push(begins.length);
      begins.push(at);
    } else if (code === CLOSING_OBJECT || code === CLOSING_LIST) ends[open.pop() ?? 0] = at + 1;
  }
  return (at) => {
    const index = indexOfLast(begins, at);
    return begins[index] === at ? ends[index] : undefined;
  };
}

/** The index of the last of `sorted` numbers that is at most `limit`; -1 if all are greater. */
function indexOfLast(sorted: readonly number[], limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The entries of the object or list at `at`; none for other values. */
function* readEntries(text: string, at: number, endOf: EndOf): Generator<[string, Entry]> {
  const isObject = text[at] === "{";
  if (!isObject && text[at] !== "[") return;
  let next = skipSpace(text, at + 1);
  for (let index = 0; text[next] !== "}" && text[next] !== "]"; index++) {
    const begin = next;
    let name = String(index);
    if (isObject) {
      const end = endOfScalar(text, begin);
      name = JSON.parse(text.slice(begin, end));
      // After the colon.
      next = skipSpace(text, skipSpace(text, end) + 1);
    }
    yield [name, { begin, value: next }];
    next = skipSpace(text, endOf(next) ?? endOfScalar(text, next));
    if (text[next] === ",") next = skipSpace(text, next + 1);
  }
}

const SPACE = /[\t\n\r ]*/y;
const SCALAR = /"(?:[^"\\]|\\.)*"|[^\t\n\r ,\]}]+/y;

function skipSpace(text: string, at: number): number {
  SPACE.lastIndex = at;
  SPACE.test(text);
  return SPACE.lastIndex;
}

/** The position after the string, number or word at `at`. */
function endOfScalar(text: string, at: number): number {
  SCALAR.lastIndex = at;
  SCALAR.test(text);
  return SCALAR.lastIndex;
}

/** The 1-based line of a position. */
function lineCounter(text: string): (at: number) => number {
  const begins = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) begins.push(at + 1);
  return (position) => indexOfLast(begins, position) + 1;
}
