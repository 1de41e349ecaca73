/** A list or an object as texts, before its parts are converted. */
export type Structure = readonly string[] | Readonly<Record<string, string>>;

/** `a,1,b,2` → a: 1, b: 2. Undefined if a value is missing, or a name comes twice. */
export function toAlternating(parts: readonly string[]): Readonly<Record<string, string>> | undefined {
  if (parts.length % 2 !== 0) return undefined;
  const names = parts.filter((_, index) => index % 2 === 0);
  return toObject(names.map((name, index) => [name, parts[2 * index + 1] ?? ""]));
}

/** `a=1,b=2` → a: 1, b: 2. Undefined if a value is missing, or a name comes twice. */
export function toAssigned(parts: readonly string[]): Readonly<Record<string, string>> | undefined {
  const pairs = parts.map((part) => {
    const at = part.indexOf("=");
    return at < 0 ? undefined : ([part.slice(0, at), part.slice(at + 1)] as const);
  });
  return pairs.includes(undefined) ? undefined : toObject(pairs.filter((pair) => pair !== undefined));
}

function toObject(pairs: readonly (readonly [string, string])[]): Readonly<Record<string, string>> | undefined {
  const isUnique = new Set(pairs.map(([name]) => name)).size === pairs.length;
  return isUnique && pairs.every(([name]) => name !== "") ? Object.fromEntries(pairs) : undefined;
}
