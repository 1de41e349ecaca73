/**
 * The request target for an upstream, built from the path of the contract and the decoded parameters, never from the
 * path that the client sent: an upstream must not read `/items/%6dine` as the operation `/items/mine`.
 * @param base the path to put before it, such as `/api`, or an empty text.
 * @param query as the client sent it, without the question mark and without the key.
 * @returns undefined when a parameter could be read as another path.
 */
export function fillPath(
  template: string,
  params: Readonly<Record<string, string>>,
  { base, query }: { readonly base: string; readonly query: string },
): string | undefined {
  let isSafe = true;
  const path = template.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value !== undefined && PLAIN.test(value)) return value;
    if (value === undefined || !isSegment(value)) isSafe = false;
    return encode(value ?? "");
  });
  if (!isSafe) return undefined;
  return `${base}${path}${query === "" ? "" : `?${query}`}`;
}

/** Values that are one segment for every reader, and are written as they are: nearly all. */
const PLAIN = /^[\w~-][\w.~-]*$/;

/** Is `value` one segment of a path, however often it is decoded? */
function isSegment(value: string): boolean {
  // A URL parser removes spaces around dots.
  const isPlain = (text: string) => !["", ".", ".."].includes(text.trim()) && !CONFUSING.test(text);
  return value.isWellFormed() && isPlain(value) && isPlain(decodedToTheEnd(value));
}

// Slashes and control characters; and the semicolon, which ends the path for some servers.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to refuse
const CONFUSING = /[/\\;\u0000-\u001f\u007f]/;

/** Decodes until nothing changes: an upstream that decodes twice must not find a path in a parameter. */
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
