import type { Limit, Quota, Standing } from "./limit.ts";

/** What a request is charged, and to whom. */
export type Charge = {
  /** Units, from 1. */
  readonly cost: number;
  readonly limits: readonly { readonly limit: Limit /** Whose. */; readonly id: string }[];
  readonly quotas: readonly Quota[];
  /** Whose quotas these are. */
  readonly clientId: string;
};

export type Verdict = {
  readonly isAllowed: boolean;
  /** The limits and quotas that refuse; then nothing was taken from any of them. */
  readonly violated: readonly string[];
  /** In how many milliseconds it is worth to try again; 0 where it is allowed. */
  readonly waitMs: number;
  /** Where each limit, and behind them each hard quota, stands after this, in the order of the charge. */
  readonly standings: readonly Standing[];
  /** What was used of each quota of the charge, in its order. */
  readonly used: readonly number[];
  /** The soft quotas that are used up, with what was used of each. */
  readonly exceeded: readonly { readonly quota: Quota; readonly used: number }[];
  /** Gives back what was taken, for something that failed. Once. */
  readonly giveBack: () => void;
};

/** Decides about requests, all limits and quotas of a charge or none. Who counts elsewhere answers with a promise. */
export type Limiter = {
  readonly take: (charge: Charge) => Verdict | Promise<Verdict>;
  /** How many buckets are kept in memory. */
  readonly size: () => number;
  /** Where everything stands, without taking anything. */
  readonly look: (charge: Charge) => Verdict | Promise<Verdict>;
};

/** Where limits and quotas are counted cannot be reached: nothing was decided; trying later may help. */
export class LimiterUnavailable extends Error {}
