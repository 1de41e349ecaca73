/** An operator's notes about a key or a client, as JSON. The service does not interpret them. */
export type Metadata = { readonly [name: string]: unknown };

/** The contract says so in words, because JSON Schema cannot count bytes. */
export const MAX_METADATA_BYTES = 4096;
const MAX_NAMES = 100;
const MAX_NAME_LENGTH = 100;

/** What is wrong with metadata, as the end of a sentence; undefined if it is valid. */
export function metadataViolation(metadata: Metadata): string | undefined {
  const names = Object.keys(metadata);
  if (Buffer.byteLength(JSON.stringify(metadata)) > MAX_METADATA_BYTES) {
    return `must take at most ${MAX_METADATA_BYTES} bytes as JSON: keep the rest elsewhere`;
  }
  if (names.length > MAX_NAMES) return `must have at most ${MAX_NAMES} names at the top`;
  if (!names.every(isName)) return `must have names of 1 to ${MAX_NAME_LENGTH} characters, without control characters`;
  return isPortable(metadata) ? undefined : "must not contain numbers beyond ±9007199254740991: write them as text";
}

function isName(name: string): boolean {
  return /^\P{Cc}+$/u.test(name) && [...name].length <= MAX_NAME_LENGTH;
}

/** Do all programs read the same numbers (RFC 7493 §2.2)? */
function isPortable(value: unknown): boolean {
  if (typeof value === "number") return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
  return value === null || typeof value !== "object" || Object.values(value).every(isPortable);
}
