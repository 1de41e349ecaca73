/** One directive (RFC 9111 §5.2): a name, and perhaps an argument as a token or a quoted string. */
const DIRECTIVE = /^([!#$%&'*+\-.^_`|~\w]+)(?:=([!#$%&'*+\-.^_`|~\w]+|"(?:[^"\\]|\\.)*"))?$/;

/** Splits at commas outside quoted strings. */
const PARTS = /(?:"(?:[^"\\]|\\.)*"|[^",])+/g;

/** No honest one is longer, and odd quotation marks make long ones slow to read. */
const LONGEST = 1_000;

/** The directives by name, in lower case, with their arguments; undefined where the text is not a list of directives. */
export function parseCacheControl(text: string): ReadonlyMap<string, string | undefined> | undefined {
  if (text.length > LONGEST) return undefined;
  const directives = new Map<string, string | undefined>();
  // An odd quotation mark: caches disagree about where the text after it belongs.
  if (text.replaceAll(PARTS, "").replaceAll(",", "") !== "") return undefined;
  for (const part of (text.match(PARTS) ?? []).map((one) => one.trim()).filter((one) => one !== "")) {
    const [, name = "", argument] = DIRECTIVE.exec(part) ?? [];
    if (name === "" || directives.has(name.toLowerCase())) return undefined;
    directives.set(name.toLowerCase(), argument);
  }
  return directives;
}

/** What would let a shared cache keep the answer after all (RFC 9111 §3.5). */
const SHARED = ["public", "s-maxage", "must-understand"];

/**
 * Does it keep an answer out of every shared cache? Only without a word to the contrary, and only for the whole answer:
 * `private="set-cookie"` is about one header, and `must-understand` lets caches overlook `no-store`.
 */
export function isKeptFromSharedCaches(text: string): boolean {
  const directives = parseCacheControl(text);
  if (directives === undefined || SHARED.some((name) => directives.has(name))) return false;
  const args = ["no-store", "private"].filter((name) => directives.has(name)).map((name) => directives.get(name));
  return args.length > 0 && args.every((argument) => argument === undefined);
}
