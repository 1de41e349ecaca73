import { validateHeaderName, validateHeaderValue } from "node:http";

/** What is known about the name of a header, as it is written. */
type Name = {
  /** Node has to write a head with this header. */
  readonly isNodes: boolean;
  readonly isLength: boolean;
  /** Its value is public and hardly ever differs from the one before, so the latest line is kept. */
  readonly isRepeated: boolean;
  value: string | undefined;
  line: string;
};

/** Headers that decide about the connection, that Node encodes, or that it adds if they are missing. */
const OF_NODE: readonly string[] = [
  "connection",
  "keep-alive",
  "transfer-encoding",
  "trailer",
  "expect",
  "content-disposition",
  "date",
];

const REPEATED: readonly string[] = [
  "cache-control",
  "x-content-type-options",
  "referrer-policy",
  "strict-transport-security",
  "ratelimit-policy",
  "content-type",
  "content-length",
  "vary",
];

/** An upstream must not fill the memory with names. */
const MAX_NAMES = 500;

const NAMES = new Map<string, Name>();

/**
 * The lines of a head for these headers (name, value, name, value, …); undefined if Node has to write it.
 * @throws TypeError when a name or value is invalid.
 */
export function headerLines(headers: readonly string[]): string | undefined {
  let [lines, hasLength] = ["", false];
  for (let index = 0; index < headers.length; index += 2) {
    const [name = "", value = ""] = [headers[index], headers[index + 1]];
    const known = NAMES.get(name) ?? learn(name);
    if (known.isNodes) return undefined;
    if (known.isLength) hasLength = true;
    lines += value === known.value ? known.line : toLine(known, name, value);
  }
  return hasLength ? lines : undefined;
}

function learn(name: string): Name {
  validateHeaderName(name);
  const lower = name.toLowerCase();
  const isNodes = OF_NODE.includes(lower);
  const known = { isNodes, isLength: lower === "content-length", isRepeated: REPEATED.includes(lower) };
  const one = { ...known, value: undefined, line: "" };
  if (NAMES.size < MAX_NAMES) NAMES.set(name, one);
  return one;
}

function toLine(known: Name, name: string, value: string): string {
  validateHeaderValue(name, value);
  const line = `${name}: ${value}\r\n`;
  if (known.isRepeated) [known.value, known.line] = [value, line];
  return line;
}
