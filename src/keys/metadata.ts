/** Notes of whoever runs the service about a key or a client, as JSON; nobody here looks at them. */
export type Metadata = { readonly [name: string]: unknown };

/** As the contract says in words, for its schemas cannot count bytes. */
export const MOST_METADATA_BYTES = 4096;
const MOST_NAMES = 100;
const LONGEST_NAME = 100;

/** What is wrong with notes, and how to mend it; undefined when nothing is. */
export function metadataViolation(metadata: Metadata): string | undefined {
  const names = Object.keys(metadata);
  if (Buffer.byteLength(JSON.stringify(metadata)) > MOST_METADATA_BYTES) {
    return `must take at most ${MOST_METADATA_BYTES} bytes as JSON; keep the rest elsewhere`;
  }
  if (names.length > MOST_NAMES) return `must have at most ${MOST_NAMES} names at the top`;
  if (!names.every(isName)) return `must have names of 1 to ${LONGEST_NAME} characters, without control characters`;
  return isPortable(metadata) ? undefined : "must have no number beyond ±9007199254740991; write it as text";
}

function isName(name: string): boolean {
  return /^\P{Cc}+$/u.test(name) && [...name].length <= LONGEST_NAME;
}

/** Whether every program reads the same numbers in it (RFC 7493 §2.2). */
function isPortable(value: unknown): boolean {
  if (typeof value === "number") return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
  return value === null || typeof value !== "object" || Object.values(value).every(isPortable);
}
