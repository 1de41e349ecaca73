/**
 * JSON, by its media type in lower case and without parameters. `text/json` is older than the registration, and .NET
 * still declares it.
 */
export const JSON_TYPE = /^(?:application\/json|text\/json|[a-z]+\/[a-z0-9!#$&^_.+-]+\+json)$/;

const TYPE = "[a-z0-9!#$&^_.+-]+";

/** A media type, or a range of them, such as `image/*` (RFC 9110 §12.5.1) or `application/*+json` (as .NET writes it). */
const RANGE = new RegExp(`^(?:\\*/\\*|${TYPE}/(?:\\*|\\*\\+${TYPE}|${TYPE}))$`);

/** A media type as written in a contract or in a Content-Type. */
export type MediaType = {
  /** In lower case and without parameters; in a contract it may be a range. */
  readonly essence: string;
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
};

/** Parses a media type or a range: `Application/JSON; charset=utf-8`. Undefined for a text that is neither. */
export function parseMediaType(text: string): MediaType | undefined {
  const [written = "", ...rest] = splitParameters(text);
  const essence = written.trim().toLowerCase();
  if (!RANGE.test(essence)) return undefined;
  const parameters = new Map<string, string>();
  for (const parameter of rest) {
    const [, name = "", quoted, plain = ""] = PARAMETER.exec(parameter) ?? [];
    if (name === "" && parameter.trim() === "") continue;
    if (name === "" || parameters.has(name.toLowerCase())) return undefined;
    parameters.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, "$1") ?? plain);
  }
  return { essence, parameters };
}

/** RFC 9110 §5.6.6. */
const PARAMETER =
  /^[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~0-9A-Za-z/:=?@,-]*))[ \t]*$/;

/** Splits at the semicolons that are not inside quotes. */
function splitParameters(text: string): readonly string[] {
  return text.includes('"') ? (text.match(/(?:[^;"]|"(?:[^"\\]|\\.)*"?)+/g) ?? []) : text.split(";");
}

/** How well a declared media type or range matches that of a request: the largest number wins; undefined: not at all. */
export function specificityOf(declared: MediaType, sent: MediaType): number | undefined {
  const exactness = exactnessOf(declared.essence, sent.essence);
  if (exactness === undefined) return undefined;
  let matched = 0;
  for (const [name, value] of declared.parameters) {
    if (isImplied(name, value, sent)) continue;
    if (sent.parameters.get(name)?.toLowerCase() !== value.toLowerCase()) return undefined;
    matched++;
  }
  // No declared type has a thousand parameters.
  return exactness * 1_000 + matched;
}

function exactnessOf(range: string, essence: string): number | undefined {
  if (range === essence) return 4;
  if (range === "*/*") return 1;
  const [type = "", subtype = ""] = range.split("/");
  if (!subtype.startsWith("*") || !essence.startsWith(`${type}/`)) return undefined;
  if (subtype === "*") return 2;
  return essence.endsWith(subtype.slice(1)) || essence === `${type}/${subtype.slice(2)}` ? 3 : undefined;
}

/** UTF-8 is what clients send without saying so, and each request has a boundary of its own. */
function isImplied(name: string, value: string, { parameters }: MediaType): boolean {
  if (name === "boundary") return true;
  return name === "charset" && isUtf8(value) && isUtf8(parameters.get("charset") ?? "utf-8");
}

export function isUtf8(charset: string): boolean {
  return /^utf-?8$/i.test(charset);
}

/** Is ASCII the same in this charset as in UTF-8? Some clients declare one by default, such as Apache HttpClient. */
export function isLikeAscii(charset: string): boolean {
  return isUtf8(charset) || /^(?:us-ascii|ascii|iso-?8859-\d{1,2}|latin1|windows-125\d)$/i.test(charset);
}
