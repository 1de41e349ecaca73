import type { Instant } from "../lib/time/clock.ts";
import type { KeyHolder } from "./key.ts";
import type { Metadata } from "./metadata.ts";

/** A holder of keys: an application, a team, a customer. */
export type Client = KeyHolder & {
  readonly metadata: Metadata;
  readonly createdAt: Instant;
};

/**
 * What is wrong with the name of a client, as the end of a sentence; undefined if it is valid. Both ids and names
 * identify a client, also in paths. So a name must not look like an id, like a relative path segment, or like another
 * name.
 */
export function clientNameViolation(name: string): string | undefined {
  if (/^(?:client|key)_/.test(name)) return "must not begin with client_ or key_, which ids do";
  if (name === "." || name === "..") return "must not be . or .., which have a special meaning in paths";
  if (/\p{Default_Ignorable_Code_Point}|\p{Cf}/u.test(name)) return "must not contain invisible characters";
  if (name !== name.normalize("NFC")) return "must be in Unicode's composed form (NFC): type its accents again";
  return undefined;
}
