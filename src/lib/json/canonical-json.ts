/** A value that can be written as canonical JSON. Numbers are excluded: programs disagree about how to write them. */
export type Canonical = string | boolean | null | readonly Canonical[] | { readonly [name: string]: Canonical };

/**
 * Writes canonical JSON (RFC 8785), in which equal values have equal texts: names sorted by UTF-16 code units, no white
 * space, only mandatory escapes. `JSON.stringify` already writes strings that way.
 */
export function toCanonicalJson(value: Canonical): string {
  if (Array.isArray(value)) return `[${value.map(toCanonicalJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);

  const members = Object.entries(value)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${toCanonicalJson(member)}`);
  return `{${members.join(",")}}`;
}
