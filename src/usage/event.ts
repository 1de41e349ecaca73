import type { Instant } from "../lib/time/clock.ts";

/**
 * The usage of one response. Text fields are empty when they do not apply, such as `clientId` for an unknown caller.
 */
export type UsageEvent = Dimensions & {
  /** When the response was sent. */
  readonly at: Instant;
  /** Units taken from limits and quotas. */
  readonly cost: number;
  /** On the wire, including request line, status line and headers. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly durationMs: number;
  /** Where the key was used from: an IPv4 address, or the /64 of an IPv6 address. */
  readonly network: string;
};

/** Usage is counted separately for each combination of these. */
export type Dimensions = {
  readonly clientId: string;
  readonly keyId: string;
  readonly environment: string;
  /** The operationId. */
  readonly operation: string;
  /** 1 to 5. */
  readonly statusClass: number;
  /** The `code` of the problem, if the response was one. */
  readonly code: string;
};

export type Counts = {
  requests: number;
  cost: number;
  bytesIn: number;
  bytesOut: number;
};
