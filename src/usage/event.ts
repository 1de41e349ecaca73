import type { Instant } from "../lib/time/clock.ts";

/** What one answer leaves behind. Empty texts where there is nothing to say, such as a client for a stranger. */
export type UsageEvent = Dimensions & {
  /** When the answer was out. */
  readonly at: Instant;
  /** Units of limits and quotas that it took. */
  readonly cost: number;
  /** On the wire, heads included. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly durationMs: number;
  /** From where an admitted key was used: an address, IPv6 as its /64. */
  readonly network: string;
};

/** By what usage can be told apart. */
export type Dimensions = {
  readonly clientId: string;
  readonly keyId: string;
  readonly environment: string;
  /** The operationId. */
  readonly operation: string;
  /** 1 to 5. */
  readonly statusClass: number;
  /** The `code` of the problem that was the answer. */
  readonly code: string;
};

export type Counts = {
  requests: number;
  cost: number;
  bytesIn: number;
  bytesOut: number;
};
