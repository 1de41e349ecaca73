import type { Grant, LeaseRequest, PlainVerdict } from "../limits/lease-server.ts";
import type { Charge } from "../limits/limiter.ts";
import type { Unfinished } from "../service/orderly-stop.ts";

/** The calls that a primary handles for its workers. */
export type PrimaryCalls = {
  /** Takes units of limits and quotas; see `createLeaseServer`. */
  readonly grant: (request: LeaseRequest) => Promise<Grant>;
  readonly peek: (charge: Charge) => Promise<PlainVerdict>;
  readonly refund: (unused: { readonly charge: Charge; readonly units: number; readonly takenAt: number }) => void;
  /** The metrics of all processes. */
  readonly readMetrics: (nothing: null) => Promise<string>;
  /** The last call of a worker. Its reply says that the primary has handled all calls before it. */
  readonly leave: (unfinished: Unfinished) => null;
};

/** The calls that a worker handles for its primary. */
export type WorkerCalls = {
  /** The metrics of this worker. */
  readonly readMetrics: (nothing: null) => Promise<string>;
  /** Finishes the requests in flight, then ends. */
  readonly stop: (nothing: null) => void;
  /** Reads again what can change without a restart. */
  readonly reload: (nothing: null) => void;
};
