/** Whose requests a limit counts together: those of a key, of a client or of an address. */
export type LimitSubject = "key" | "client" | "address";

/** A rate limit, counted in units of cost: at most `burst` units at once and `requests` per window in the long run. */
export type Limit = {
  readonly name: string;
  readonly per: LimitSubject;
  /** From 1. */
  readonly requests: number;
  readonly windowSeconds: number;
  /** From 1. */
  readonly burst: number;
};

/** How many units all keys of a client together may use in a calendar period. */
export type Quota = {
  readonly name: string;
  readonly requests: number;
  readonly period: Period;
  /** A used-up hard quota refuses requests; a soft one only adds a response header. */
  readonly isHard: boolean;
};

/** A calendar day or month, in UTC. */
export type Period = "day" | "month";

/** Where a limit or quota stands at one moment. */
export type Standing = {
  readonly name: string;
  /** How many units can be taken now. */
  readonly remaining: number;
  /** Milliseconds until the limit is fully available again; if nothing remains, until the next unit is. */
  readonly resetMs: number;
};
