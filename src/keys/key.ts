import type { Instant } from "../lib/time/clock.ts";
import type { Metadata } from "./metadata.ts";
import type { Override } from "./override.ts";

export const ENVIRONMENTS = ["live", "test"] as const;

export type Environment = (typeof ENVIRONMENTS)[number];

/** What is stored about a key. Its text is not. */
export type ApiKey = {
  /** Public: it may appear in logs. */
  readonly id: string;
  readonly client: KeyHolder;
  readonly name: string;
  readonly environment: Environment;
  readonly scopes: readonly string[];
  /** The digest of the text: see `digestOf`. */
  readonly digest: string;
  /** The last four characters of the text, so that people can tell keys apart. */
  readonly lastFour: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
  /** When the key was disabled; it can be enabled again. */
  readonly disabledAt: Instant | null;
  readonly revokedAt: Instant | null;
  readonly revocationReason: string | null;
  /** The key that was issued in place of this one. */
  readonly successorId: string | null;
  /** When this key stops working beside its successor. */
  readonly overlapEndsAt: Instant | null;
  /** May it rotate itself? */
  readonly selfRotation: boolean;
  /** CIDR ranges that it may be used from; empty: anywhere. */
  readonly allowedIps: readonly string[];
  readonly metadata: Metadata;
  /** The id of the first key in the chain of rotations that led to this one; limits count the whole chain as one. */
  readonly lineageId: string;
  /** Null: the limits of the client's plan apply. */
  readonly limits: Override | null;
};

/** The client of a key, as far as decisions about the key need it. */
export type KeyHolder = {
  readonly id: string;
  readonly name: string;
  /** While it is set, none of the client's keys is accepted. */
  readonly disabledAt: Instant | null;
  /** Null: the default plan. */
  readonly plan: string | null;
  /** Null: the limits of the plan apply. */
  readonly limits: Override | null;
};
