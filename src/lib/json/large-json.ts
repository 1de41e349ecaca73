import { yieldToEventLoop } from "../async/yield-to-event-loop.ts";
import {
  decodeJson,
  type JsonOutcome,
  type JsonViolation,
  MAX_DEPTH,
  type RefusedCharacters,
  refused,
} from "./strict-json.ts";

/** How many characters are read in one turn of the event loop: one or two milliseconds. */
const CHARACTERS_PER_SLICE = 65_536;

type LargeJsonOptions = {
  readonly characters?: RefusedCharacters;
  /** Makes the value of a number from its text. */
  readonly toNumber?: (text: string) => unknown;
  /** Lets other work run between two slices. */
  readonly pause?: () => Promise<void>;
  readonly charactersPerSlice?: number;
};

/**
 * Parses a large text as `parseStrictJson` does, in slices: `JSON.parse` would keep all other requests waiting.
 */
export async function parseLargeJson(
  bytes: Uint8Array,
  {
    characters = "everywhere",
    toNumber = Number,
    pause = yieldToEventLoop,
    charactersPerSlice = CHARACTERS_PER_SLICE,
  }: LargeJsonOptions = {},
): Promise<JsonOutcome> {
  const text = decodeJson(bytes);
  if (text === undefined) return refused("encoding");
  const reader = new JsonReader(text, { characters, toNumber });
  for (let end = charactersPerSlice; ; end = reader.position + charactersPerSlice) {
    const violation = reader.readUpTo(end);
    if (violation !== undefined) return refused(violation);
    if (reader.isAtEnd) return reader.outcome();
    await pause();
  }
}

/** What may come next. */
type Expected = "value" | "value-or-end" | "name" | "name-or-end" | "colon" | "comma-or-end" | "nothing";

/** An array or object that is not closed yet. */
type Open =
  | { readonly kind: "array"; readonly value: unknown[] }
  | { readonly kind: "object"; readonly value: Record<string, unknown>; name: string };

/** A parser for JSON (RFC 8259) that can stop after any token. */
class JsonReader {
  readonly #text: string;
  readonly #rules: Pick<Required<LargeJsonOptions>, "characters" | "toNumber">;
  readonly #open: Open[] = [];
  #at = 0;
  #expected: Expected = "value";
  #value: unknown;

  constructor(text: string, rules: Pick<Required<LargeJsonOptions>, "characters" | "toNumber">) {
    this.#text = text;
    this.#rules = rules;
  }

  get position(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  outcome(): JsonOutcome {
    return this.#expected === "nothing" ? { kind: "parsed", value: this.#value } : refused("syntax");
  }

  /** Reads whole tokens until it has passed `end`. */
  readUpTo(end: number): JsonViolation | undefined {
    const last = Math.min(end, this.#text.length);
    while (this.#at < last) {
      const character = this.#text[this.#at] ?? "";
      if (isSpace(character)) {
        this.#at++;
        continue;
      }
      const violation = this.#readToken(character);
      if (violation !== undefined) return violation;
    }
    return undefined;
  }

  #readToken(character: string): JsonViolation | undefined {
    switch (this.#expected) {
      case "value":
        return this.#readValue(character);
      case "value-or-end":
        return character === "]" ? this.#close("array") : this.#readValue(character);
      case "name-or-end":
        return character === "}" ? this.#close("object") : this.#readName(character);
      case "name":
        return this.#readName(character);
      case "colon":
        return character === ":" ? this.#step("value") : "syntax";
      case "comma-or-end":
        return this.#readSeparator(character);
      case "nothing":
        return "syntax";
    }
  }

  #step(next: Expected): undefined {
    this.#at++;
    this.#expected = next;
  }

  #readSeparator(character: string): JsonViolation | undefined {
    const kind = this.#open.at(-1)?.kind ?? "array";
    if (character === ",") return this.#step(kind === "array" ? "value" : "name");
    return character === (kind === "array" ? "]" : "}") ? this.#close(kind) : "syntax";
  }

  #readValue(character: string): JsonViolation | undefined {
    if (character === "{") return this.#enter({ kind: "object", value: {}, name: "" }, "name-or-end");
    if (character === "[") return this.#enter({ kind: "array", value: [] }, "value-or-end");
    if (character === '"') {
      return this.#readString((string, isUnusual) =>
        isUnusual && this.#rules.characters === "everywhere" ? "characters" : this.#keep(string),
      );
    }
    return this.#readScalar(character);
  }

  #enter(container: Open, next: Expected): JsonViolation | undefined {
    if (this.#open.length >= MAX_DEPTH) return "depth";
    this.#open.push(container);
    return this.#step(next);
  }

  #close(kind: Open["kind"]): JsonViolation | undefined {
    const closed = this.#open.pop();
    if (closed?.kind !== kind) return "syntax";
    this.#at++;
    return this.#keep(closed.value);
  }

  /** Puts a value where it belongs. */
  #keep(value: unknown): undefined {
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#value = value;
    else if (parent.kind === "array") parent.value.push(value);
    else setProperty(parent.value, parent.name, value);
    this.#expected = parent === undefined ? "nothing" : "comma-or-end";
  }

  #readName(character: string): JsonViolation | undefined {
    const parent = this.#open.at(-1);
    if (character !== '"' || parent?.kind !== "object") return "syntax";
    return this.#readString((name, isUnusual) => {
      if (isUnusual) return "name-characters";
      if (Object.hasOwn(parent.value, name)) return "duplicate-name";
      parent.name = name;
      this.#expected = "colon";
      return undefined;
    });
  }

  #readString(keep: (string: string, isUnusual: boolean) => JsonViolation | undefined): JsonViolation | undefined {
    const end = endOfString(this.#text, this.#at);
    if (end === undefined) return "syntax";
    const written = this.#text.slice(this.#at + 1, end);
    const string = written.includes("\\") ? unescaped(`"${written}"`) : written;
    if (string === undefined || CONTROL.test(written)) return "syntax";
    // Only escapes can write these: UTF-8 excludes lone surrogates, and JSON control characters.
    const isUnusual = string !== written && (string.includes("\0") || !string.isWellFormed());
    this.#at = end + 1;
    return keep(string, isUnusual);
  }

  #readScalar(character: string): JsonViolation | undefined {
    const word = WORDS.get(character);
    if (word !== undefined) {
      if (!this.#text.startsWith(word.text, this.#at)) return "syntax";
      this.#at += word.text.length;
      return this.#keep(word.value);
    }
    NUMBER.lastIndex = this.#at;
    const [number] = NUMBER.exec(this.#text) ?? [];
    if (number === undefined) return "syntax";
    this.#at += number.length;
    return this.#keep(this.#rules.toNumber(number));
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON requires these to be escaped
const CONTROL = /[\u0000-\u001f]/;

const WORDS: ReadonlyMap<string, { readonly text: string; readonly value: unknown }> = new Map([
  ["t", { text: "true", value: true }],
  ["f", { text: "false", value: false }],
  ["n", { text: "null", value: null }],
]);

function isSpace(character: string): boolean {
  return character === " " || character === "\n" || character === "\r" || character === "\t";
}

/** The position of the quote that closes the string at `at`; undefined when there is none. */
function endOfString(text: string, at: number): number | undefined {
  for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === "\\") backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return undefined;
}

function unescaped(literal: string): string | undefined {
  try {
    return JSON.parse(literal);
  } catch {
    return undefined;
  }
}

function setProperty(object: Record<string, unknown>, name: string, value: unknown) {
  // To assign it would set the prototype.
  if (name !== "__proto__") object[name] = value;
  else Object.defineProperty(object, name, { configurable: true, enumerable: true, writable: true, value });
}
