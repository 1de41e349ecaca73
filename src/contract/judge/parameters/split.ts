/** Part of a request cannot be read as its parameter is declared. The detail says what is wrong: `must be JSON`. */
export class Unreadable {
  readonly detail: string;

  constructor(detail: string) {
    this.detail = detail;
  }
}

/** A list or an object as texts, before its parts are converted. */
export type Structure = readonly string[] | Readonly<Record<string, string>>;

/** `a,1,b,2` → a: 1, b: 2. */
export function toAlternating(parts: readonly string[]): Structure | Unreadable {
  if (parts.length % 2 !== 0) return NOT_ALTERNATING;
  const names = parts.filter((_, index) => index % 2 === 0);
  return toObject(names.map((name, index) => [name, parts[2 * index + 1] ?? ""])) ?? NOT_ALTERNATING;
}

/** `a=1,b=2` → a: 1, b: 2. @param decode what becomes of a name and a value. */
export function toAssigned(parts: readonly string[], decode: (text: string) => string): Structure | Unreadable {
  const pairs = parts.map((part) => {
    const at = part.indexOf("=");
    return at < 0 ? undefined : ([decode(part.slice(0, at)), decode(part.slice(at + 1))] as const);
  });
  return (pairs.includes(undefined) ? undefined : toObject(pairs.filter((pair) => pair !== undefined))) ?? NOT_ASSIGNED;
}

const NOT_ALTERNATING = new Unreadable("must be names and values in turn, such as a,1,b,2, and each name once");
const NOT_ASSIGNED = new Unreadable("must be names with values, such as a=1,b=2, and each name once");

function toObject(pairs: readonly (readonly [string, string])[]): Structure | undefined {
  const isUnique = new Set(pairs.map(([name]) => name)).size === pairs.length;
  return isUnique && pairs.every(([name]) => name !== "") ? Object.fromEntries(pairs) : undefined;
}
