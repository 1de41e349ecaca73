import type { Instant } from "../lib/time/clock.ts";
import type { Metadata } from "./metadata.ts";
import type { Override } from "./override.ts";

export const ENVIRONMENTS = ["live", "test"] as const;

export type Environment = (typeof ENVIRONMENTS)[number];

/** What is kept about a key. Its text is not kept. */
export type ApiKey = {
  /** Public; harmless in logs. */
  readonly id: string;
  readonly client: KeyHolder;
  readonly name: string;
  readonly environment: Environment;
  readonly scopes: readonly string[];
  /** Digest of the text, with its algorithm: see `digestOf`. */
  readonly digest: string;
  /** The last four characters of the text, for people to tell keys apart. */
  readonly lastFour: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
  /** Paused by somebody who may lift it again. */
  readonly disabledAt: Instant | null;
  readonly revokedAt: Instant | null;
  readonly revocationReason: string | null;
  /** The key that was issued in place of this one. */
  readonly successorId: string | null;
  /** Until then this key goes on working beside its successor. */
  readonly overlapEndsAt: Instant | null;
  /** May it rotate itself? */
  readonly selfRotation: boolean;
  /** CIDR ranges from which it may be used; empty: from anywhere. */
  readonly allowedIps: readonly string[];
  readonly metadata: Metadata;
  /** The first of the keys that were rotated into this one: they are counted as one. */
  readonly lineageId: string;
  /** Null: what the plan of the client says. */
  readonly limits: Override | null;
};

/** What a key needs to know of its client. */
export type KeyHolder = {
  readonly id: string;
  readonly name: string;
  /** While this is set, none of the client's keys is accepted. */
  readonly disabledAt: Instant | null;
  /** Null: the default plan. */
  readonly plan: string | null;
  /** Null: what the plan says. */
  readonly limits: Override | null;
};
