type Options = {
  /** Of the style `matrix`: it contains semicolons. */
  readonly isMatrix: boolean;
};

/**
 * Is this decoded value of a path parameter one segment for every reader, however often the reader decodes it? If not, an
 * upstream could find another path in it than the one that was authorized (docs/decisions/0035).
 */
export function isOneSegment(value: string, options: Options): boolean {
  return readingsOf(value).every((text) => !text.includes("/") && isPlainSegment(text, options));
}

/** The same for a value that may have slashes: none of its parts may be empty or a dot segment. */
export function isSegments(value: string, options: Options): boolean {
  return readingsOf(value).every((text) => text.split("/").every((part) => isPlainSegment(part, options)));
}

/** The value, and what is left of it when a reader decodes it again and again. */
function readingsOf(value: string): readonly string[] {
  return value.includes("%") ? [value, decodedToTheEnd(value)] : [value];
}

// Backslashes, which some servers read as slashes, and control characters, where some programs end a text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to refuse
const CONFUSING = /[\\\u0000-\u001f\u007f]/;

function isPlainSegment(text: string, { isMatrix }: Options): boolean {
  // Some servers remove spaces around dots, and cut a segment at a semicolon.
  const name = isMatrix ? text : withoutSemicolon(text);
  return !["", ".", ".."].includes(name.trim()) && !CONFUSING.test(text) && text.isWellFormed();
}

/** The segment as some servers read it. */
export function withoutSemicolon(segment: string): string {
  const at = segment.indexOf(";");
  return at < 0 ? segment : segment.slice(0, at);
}

/** The text that is left when a reader decodes it again and again. */
export function decodedToTheEnd(value: string): string {
  let text = value;
  for (let rounds = 0; rounds < 5 && /%[0-9A-Fa-f]{2}/.test(text); rounds++) {
    text = text.replaceAll(/%([0-7][0-9A-Fa-f])/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
  return text;
}
