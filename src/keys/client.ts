import type { Instant } from "../lib/time/clock.ts";
import type { KeyHolder } from "./key.ts";
import type { Metadata } from "./metadata.ts";

/** Whoever holds keys: an application, a team, a customer. */
export type Client = KeyHolder & {
  readonly metadata: Metadata;
  readonly createdAt: Instant;
};

/**
 * Why `name` is none for a client, as the end of a sentence; undefined when it is one. Where a client is asked for, id
 * or name will do, in a path too; so a name is no id, no step within a path, and does not read like another one.
 */
export function clientNameViolation(name: string): string | undefined {
  if (/^(?:client|key)_/.test(name)) return "must not begin with client_ or key_, which ids do";
  if (name === "." || name === "..") return "must be more than dots, which have a meaning of their own in a path";
  if (/\p{Default_Ignorable_Code_Point}|\p{Cf}/u.test(name)) return "must hold no invisible characters";
  if (name !== name.normalize("NFC")) return "must be spelt in Unicode's composed form (NFC): type its accents anew";
  return undefined;
}
