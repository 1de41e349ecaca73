import type { Limit, Quota, Standing } from "./limit.ts";

/** What a request costs, and the limits and quotas that it is taken from. */
export type Charge = {
  /** In units, from 0. */
  readonly cost: number;
  /** Each limit with the id of the key, client or address that it counts. */
  readonly limits: readonly { readonly limit: Limit; readonly id: string }[];
  readonly quotas: readonly Quota[];
  /** The client that the quotas count. */
  readonly clientId: string;
};

export type Verdict = {
  readonly isAllowed: boolean;
  /** The names of the limits and quotas that refuse; if there are any, no units were taken. */
  readonly violated: readonly string[];
  /** Milliseconds until a retry may succeed; 0 if allowed. */
  readonly waitMs: number;
  /** Where the limits, then the hard quotas stand after this request, in the order of the charge. */
  readonly standings: readonly Standing[];
  /** The units used of each quota, in the order of the charge. */
  readonly used: readonly number[];
  /** The soft quotas that are used up. */
  readonly exceeded: readonly { readonly quota: Quota; readonly used: number }[];
  /** Returns the units of a request that failed. Call it once at most. */
  readonly refund: () => void;
};

/**
 * Decides about requests: takes the cost from all limits and quotas of a charge, or from none. It returns a promise if
 * it has to wait for another process or for the store.
 */
export type Limiter = {
  readonly take: (charge: Charge) => Verdict | Promise<Verdict>;
  /** How many buckets are in memory. */
  readonly size: () => number;
  /** Where the limits and quotas stand, without taking units. */
  readonly peek: (charge: Charge) => Verdict | Promise<Verdict>;
};

/** The process or store that counts limits and quotas is not reachable. Nothing was decided; a retry may succeed. */
export class LimiterUnavailable extends Error {}
