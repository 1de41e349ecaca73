/** A directive (RFC 9111 §5.2): a name, and optionally an argument, which is a token or a quoted string. */
const DIRECTIVE = /^([!#$%&'*+\-.^_`|~\w]+)(?:=([!#$%&'*+\-.^_`|~\w]+|"(?:[^"\\]|\\.)*"))?$/;

/** Splits at commas outside quoted strings. */
const PARTS = /(?:"(?:[^"\\]|\\.)*"|[^",])+/g;

/** Far longer than real values. Unbalanced quotation marks make long texts slow to parse. */
const MAX_LENGTH = 1_000;

/** The directives by name in lower case, with their arguments; undefined when the text is not a list of directives. */
export function parseCacheControl(text: string): ReadonlyMap<string, string | undefined> | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const directives = new Map<string, string | undefined>();
  // With unbalanced quotation marks, caches disagree about where a directive ends.
  if (text.replaceAll(PARTS, "").replaceAll(",", "") !== "") return undefined;
  for (const part of (text.match(PARTS) ?? []).map((one) => one.trim()).filter((one) => one !== "")) {
    const [, name = "", argument] = DIRECTIVE.exec(part) ?? [];
    if (name === "" || directives.has(name.toLowerCase())) return undefined;
    directives.set(name.toLowerCase(), argument);
  }
  return directives;
}

/** Directives that allow a shared cache to keep the response after all (RFC 9111 §3.5). */
const SHARED = ["public", "s-maxage", "must-understand"];

/**
 * Whether this Cache-Control keeps a response out of every shared cache. It does if no directive says the opposite, and
 * if it covers the whole response: `private="set-cookie"` covers one header, and `must-understand` lets caches ignore
 * `no-store`.
 */
export function isKeptFromSharedCaches(text: string): boolean {
  const directives = parseCacheControl(text);
  if (directives === undefined || SHARED.some((name) => directives.has(name))) return false;
  const args = ["no-store", "private"].filter((name) => directives.has(name)).map((name) => directives.get(name));
  return args.length > 0 && args.every((argument) => argument === undefined);
}
