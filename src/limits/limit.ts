/** Whose requests a limit counts together. */
export type Counted = "key" | "client" | "address";

/** How often somebody may call; counted in units of cost. */
export type Limit = {
  readonly name: string;
  readonly per: Counted;
  /** So many in each window in the long run, from 1. */
  readonly requests: number;
  readonly windowSeconds: number;
  /** So many at once, from 1. */
  readonly burst: number;
};

/** How much a client may call in a day or a month, by all of its keys together. */
export type Quota = {
  readonly name: string;
  readonly requests: number;
  readonly period: Period;
  /** Past it requests are refused; otherwise the answers say so. */
  readonly isHard: boolean;
};

/** Of the calendar, in UTC. */
export type Period = "day" | "month";

/** A limit or quota at one moment, for whoever is told about it. */
export type Standing = {
  readonly name: string;
  /** How many units can be taken now. */
  readonly remaining: number;
  /** When more can be, in milliseconds from now: all of it, or where none remains the next unit. */
  readonly resetMs: number;
};
