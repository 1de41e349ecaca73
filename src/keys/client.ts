import type { Instant } from "../lib/clock.ts";
import type { Metadata } from "./metadata.ts";

/** Whoever holds keys: an application, a team, a customer. */
export type Client = {
  readonly id: string;
  /** Unique. */
  readonly name: string;
  readonly metadata: Metadata;
  readonly createdAt: Instant;
  /** While this is set, none of its keys is accepted. */
  readonly disabledAt: Instant | null;
};

/** Names must not look like ids, for where a client is asked for, id or name will do. */
export function isClientId(text: string): boolean {
  return text.startsWith("client_");
}
