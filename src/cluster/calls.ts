import type { Ask, Grant, PlainVerdict } from "../limits/lease-server.ts";
import type { Charge } from "../limits/limiter.ts";
import type { Unfinished } from "../service/orderly-stop.ts";

/** What members of a team ask of their lead. */
export type PrimaryCalls = {
  /** Units of limits and quotas; see `createLeaseServer`. */
  readonly grant: (ask: Ask) => Promise<Grant>;
  readonly look: (charge: Charge) => Promise<PlainVerdict>;
  readonly takeBack: (unused: { readonly charge: Charge; readonly units: number; readonly takenAt: number }) => void;
  /** The metrics of all members. */
  readonly readMetrics: (nothing: null) => Promise<string>;
  /** Answered when everything before it has been heard. */
  readonly bye: (leftover: Unfinished) => null;
};

/** What a lead asks of a member. */
export type WorkerCalls = {
  /** Its own metrics. */
  readonly readMetrics: (nothing: null) => Promise<string>;
  /** To finish what is in flight, and to end. */
  readonly stop: (nothing: null) => void;
  /** To read again what can change without a restart. */
  readonly reload: (nothing: null) => void;
};
