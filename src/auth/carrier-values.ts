import type { Carrier } from "../contract/model/schemes.ts";
import { parseCookies } from "../lib/http/cookies.ts";
import { looksLikeKey } from "./other-credentials.ts";

/** The parts of a request that can carry a key. */
export type KeySource = {
  /** The lines of the header `name` (in lower case), not joined: joined lines would look like one strange key. */
  readonly headerLines: (name: string) => readonly string[];
  /** The values of the query parameter `name`. */
  readonly queryValues: (name: string) => readonly string[];
};

/** What the request has in this place, one text for each time that it is used. */
export function valuesOf(source: KeySource, carrier: Carrier): readonly string[] {
  const { in: place, name, word, basic, foreignWords } = carrier;
  if (place === "query") return source.queryValues(name);
  if (place === "cookie") return source.headerLines("cookie").flatMap((line) => cookieValues(line, name));
  const lines = source.headerLines(name);
  if (basic !== undefined) return lines.flatMap((line) => basicTexts(line, basic));
  if (word !== undefined) return lines.flatMap((line) => afterWord(line, word));
  return foreignWords === undefined ? lines : lines.filter((line) => !foreignWords.includes(firstWord(line)));
}

/** The tokens of the scheme Bearer (RFC 6750 §2.1). */
export function bearerTokens(source: KeySource): readonly string[] {
  return source.headerLines("authorization").flatMap((line) => afterWord(line, "bearer"));
}

/** Values may be quoted (RFC 6265 §4.1.1). */
function cookieValues(line: string, name: string): readonly string[] {
  const values = parseCookies(line).get(name) ?? [];
  return values.map((value) => /^"(.*)"$/.exec(value)?.[1] ?? value);
}

/** Names of authentication schemes have no case (RFC 9110 §11.1). */
function afterWord(line: string, word: string): readonly string[] {
  const [, ...rest] = line.trim().split(" ");
  return firstWord(line) === word && rest.length > 0 ? [rest.join(" ").trimStart()] : [];
}

function firstWord(line: string): string {
  const [first = ""] = line.trim().split(" ");
  return first.toLowerCase();
}

/**
 * The part of Basic credentials that is the key, and what looks like a key in the other part. Credentials that cannot be
 * decoded in exactly one way are an invalid key, never no key.
 */
function basicTexts(line: string, part: NonNullable<Carrier["basic"]>): readonly string[] {
  return afterWord(line, "basic").flatMap((encoded) => {
    const text = decodeBase64(encoded);
    const colon = text?.indexOf(":") ?? -1;
    if (text === undefined || colon < 0) return encoded === "" ? [] : [encoded];
    const [userName, password] = [text.slice(0, colon), text.slice(colon + 1)];
    const keys = [userName, password].filter(looksLikeKey);
    if (keys.length === 2 && userName === password) return [userName];
    if (part === "either") return keys.length > 0 ? keys : [userName || password];
    const [own, other] = part === "password" ? [password, userName] : [userName, password];
    return looksLikeKey(other) ? [own, other] : [own];
  });
}

/** The decoded text; undefined if it is not the one way to encode it (RFC 4648 §3.5), with or without padding. */
function decodeBase64(encoded: string): string | undefined {
  const bytes = Buffer.from(encoded, "base64");
  const canonical = bytes.toString("base64");
  return encoded === canonical || encoded === canonical.replace(/=+$/, "") ? bytes.toString("latin1") : undefined;
}
