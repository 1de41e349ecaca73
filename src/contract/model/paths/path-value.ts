type Options = {
  /** Of the style `matrix`: it contains semicolons. */
  readonly isMatrix: boolean;
};

/**
 * Why a value of a path parameter is refused: an upstream could find another path in it than the one that was authorized
 * (docs/decisions/0035).
 */
export type ValueProblem =
  /** An encoded slash, which the contract can allow. */
  | "slash"
  /** A backslash or a control character. */
  | "character"
  /** Blank or a dot segment, or one of its parts between slashes is. */
  | "segment"
  /** In a spelling of the path that a program behind a proxy, which passes it on as sent, may take for another one. */
  | "spelling"
  /** Another operation, when a program decodes it again or cuts it at a semicolon. */
  | "reading";

/** What is wrong with this decoded value for some reader, however often the reader decodes it; undefined for nothing. */
export function valueProblem(
  value: string,
  options: Options,
): Exclude<ValueProblem, "reading" | "spelling"> | undefined {
  const readings = value.includes("%") ? [value, decodedToTheEnd(value)] : [value];
  if (readings.some((text) => CONFUSING.test(text) || !text.isWellFormed())) return "character";
  const parts = readings.map((text) => text.split("/"));
  if (parts.some((texts) => texts.some((text) => isDotSegment(text, options)))) return "segment";
  return parts.some((texts) => texts.length > 1) ? "slash" : undefined;
}

// Backslashes, which some servers read as slashes, and control characters, where some programs end a text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to refuse
const CONFUSING = /[\\\u0000-\u001f\u007f]/;

/** Some servers remove spaces around dots, and cut a segment at a semicolon. */
function isDotSegment(text: string, { isMatrix }: Options): boolean {
  const name = isMatrix ? text : withoutSemicolon(text);
  return ["", ".", ".."].includes(name.trim());
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
