/** What canonical JSON is made of here: no numbers, for programs disagree about how to write them. */
export type Canonical = string | boolean | null | readonly Canonical[] | { readonly [name: string]: Canonical };

/**
 * The one text that a value has in canonical JSON (RFC 8785): names in the order of their UTF-16 code units, no white
 * space, only those characters escaped that must be. `JSON.stringify` writes strings that way already.
 */
export function toCanonicalJson(value: Canonical): string {
  if (Array.isArray(value)) return `[${value.map(toCanonicalJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);

  const members = Object.entries(value)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${toCanonicalJson(member)}`);
  return `{${members.join(",")}}`;
}
