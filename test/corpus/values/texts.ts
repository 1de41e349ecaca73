import fc from "fast-check";
import type { JsonObject } from "../../../src/contract/document/json.ts";
import { patternOf } from "./dialect.ts";
import type { Random } from "./random.ts";

const FORMATS: Readonly<Record<string, readonly string[]>> = {
  "date-time": ["2024-02-29T10:00:00Z", "2026-11-25T12:00:00.123+02:00"],
  date: ["2024-02-29", "2026-11-25"],
  time: ["10:20:30Z"],
  duration: ["P1DT2H"],
  uuid: ["f81d4fae-7dec-41d0-a765-00a0c91e6bf6"],
  email: ["a.b+c@example.com"],
  uri: ["https://example.com/a?b=c", "urn:isbn:0451450523"],
  url: ["https://example.com/a?b=c"],
  "uri-reference": ["/a/b?c=d"],
  hostname: ["www.example.com"],
  ipv4: ["192.0.2.1"],
  ipv6: ["2001:db8::1"],
  byte: ["aGVsbG8=", ""],
  regex: ["^a+$"],
  "json-pointer": ["/a/b"],
  "relative-json-pointer": ["0"],
  "uri-template": ["/a/{b}"],
};

const WORDS = [
  "a",
  "Zoë",
  "two words",
  "x+y",
  "a:b",
  "10:30",
  "it's",
  "user@example.com",
  "50%",
  "a,b",
  "日本",
  "1",
  "true",
];

/** A text of a schema with these keywords; undefined where none was found. */
export function textOf(schema: JsonObject, random: Random): string | undefined {
  const { format, pattern, minLength = 0, maxLength } = schema;
  if (typeof pattern === "string") return ofPattern(schema, random);
  const known = typeof format === "string" && Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (known !== undefined) return random.pick(known);
  const word = random.pick(WORDS);
  const least = Number(minLength);
  const most = Number(maxLength ?? Math.max(least, 30));
  return [...word.padEnd(least, "x")].slice(0, most).join("");
}

function ofPattern(schema: JsonObject, random: Random): string | undefined {
  const { pattern, minLength = 0, maxLength = Number.MAX_SAFE_INTEGER, format } = schema;
  const expression = patternOf(pattern);
  const fits = (text: string) => {
    const length = [...text].length;
    return length >= Number(minLength) && length <= Number(maxLength) && expression?.test(text) !== false;
  };
  const usual = [...(FORMATS[String(format)] ?? []), "a", "1", "abc", "A", "a-b", "2024-02-29", "10", "x".repeat(36)];
  const plain = [...usual, ...usual.map((text) => text.padEnd(Number(minLength), text))].filter(fits);
  if (plain.length > 0) return random.pick(plain);
  return generated(String(pattern), Math.min(Number(maxLength), 200), random).find(fits);
}

const seen = new Map<string, readonly string[]>();

/** Texts that match a pattern, as far as fast-check can make them: not with lookaround. */
function generated(pattern: string, maxLength: number, random: Random): readonly string[] {
  const key = `${maxLength} ${pattern}`;
  const known = seen.get(key) ?? sampled(pattern, maxLength, random.integer(1, 1_000_000));
  seen.set(key, known);
  return known;
}

function sampled(pattern: string, maxLength: number, seed: number): readonly string[] {
  const expression = patternOf(pattern);
  if (expression === undefined) return [];
  for (const one of [expression, closed(expression)]) {
    try {
      const texts = fc.sample(fc.stringMatching(one, { maxLength }), { numRuns: 30, seed });
      // A class such as [^"] also has characters that no text of a request can have.
      const printable = texts.filter((text) => text.isWellFormed() && !/\p{Cc}/u.test(text));
      if (printable.length > 0) return printable;
    } catch {}
  }
  return [];
}

/** Without ends, fast-check adds any characters before and after. */
function closed({ source, flags }: RegExp): RegExp {
  return new RegExp(`^(?:${source})$`, flags);
}
