/**
 * The request target for an upstream, rebuilt from the path of the contract and the decoded parameters, never from what
 * the client sent: `/items/%6dine` must not become `/items/mine` behind our back. Undefined when a parameter is one
 * that could be read as another path.
 * @param base a path to go before it, such as `/api`; empty for none.
 * @param query as it was sent, without its question mark and without the key.
 */
export function toTarget(
  template: string,
  params: Readonly<Record<string, string>>,
  { base, query }: { readonly base: string; readonly query: string },
): string | undefined {
  let isSafe = true;
  const path = template.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined || !isSegment(value)) isSafe = false;
    return encode(value ?? "");
  });
  if (!isSafe) return undefined;
  return `${base}${path}${query === "" ? "" : `?${query}`}`;
}

/** May `value` stand as one segment of a path, however often somebody decodes it? */
function isSegment(value: string): boolean {
  const isPlain = (text: string) => !["", ".", ".."].includes(text.trim()) && !CONFUSING.test(text);
  return value.isWellFormed() && isPlain(value) && isPlain(decodedToTheEnd(value));
}

// Blanks around dots are lost where a URL is parsed once more. Slashes and controls; and a semicolon, behind which some servers see no path any more.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to refuse
const CONFUSING = /[/\\;\u0000-\u001f\u007f]/;

/** Upstreams that decode twice must not find a path in a parameter either. */
function decodedToTheEnd(value: string): string {
  let text = value;
  for (let rounds = 0; rounds < 5 && /%[0-9A-Fa-f]{2}/.test(text); rounds++) {
    text = text.replaceAll(/%([0-7][0-9A-Fa-f])/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
  return text;
}

/** One spelling for every value (RFC 3986 §2.3). */
function encode(value: string): string {
  if (!value.isWellFormed()) return "";
  return encodeURIComponent(value).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
