import type { Instant } from "../lib/clock.ts";

export const ENVIRONMENTS = ["live", "test"] as const;

export type Environment = (typeof ENVIRONMENTS)[number];

/** What is kept about a key. Its text is not kept. */
export type ApiKey = {
  /** Public; harmless in logs. */
  readonly id: string;
  readonly client: { readonly id: string; readonly name: string };
  readonly name: string;
  readonly environment: Environment;
  readonly scopes: readonly string[];
  /** Digest of the text, with its algorithm: see `digestOf`. */
  readonly digest: string;
  /** The last four characters of the text, for people to tell keys apart. */
  readonly lastFour: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
  readonly revokedAt: Instant | null;
  readonly revocationReason: string | null;
  readonly metadata: Readonly<Record<string, string>>;
};
