import type { Instant, Ticks } from "../lib/time/clock.ts";
import type { Grant, PlainVerdict } from "./lease-server.ts";
import type { Standing } from "./limit.ts";
import type { Charge } from "./limiter.ts";
import { exceededQuotas } from "./standing.ts";

/** Units of one charge that this process took in advance. */
export type Lease = {
  readonly charge: Charge;
  /** Equal charges share one lease; this is their content. */
  readonly name: string;
  /** How many requests were served since units were last returned. */
  uses: number;
  /** Units that were taken and not used yet. */
  left: number;
  /** `left` right after the latest grant. */
  filledTo: number;
  /** The verdict of the latest grant. */
  verdict: PlainVerdict;
  takenAt: Instant;
  endsAt: Ticks;
  /** Units that waiting requests need. */
  waiting: number;
  /** The request for more units that is under way. */
  refill: Refill | undefined;
};

export type Refill = {
  /** Requested before the lease is used up, while no request waits. */
  readonly isAhead: boolean;
  readonly grant: Promise<Grant>;
};

export const NO_VERDICT: PlainVerdict = {
  isAllowed: true,
  violated: [],
  waitMs: 0,
  standings: [],
  used: [],
  exceeded: [],
};

export function createLease(charge: Charge, name: string): Lease {
  return {
    charge,
    name,
    uses: 0,
    left: 0,
    filledTo: 0,
    verdict: NO_VERDICT,
    takenAt: 0,
    endsAt: 0,
    waiting: 0,
    refill: undefined,
  };
}

/** Adds the units of a grant to the lease. */
export function addGrant(lease: Lease, { units, verdict, takenAt }: Grant, endsAt: Ticks) {
  lease.left += units;
  lease.filledTo = lease.left;
  lease.verdict = verdict;
  lease.takenAt = takenAt;
  lease.endsAt = endsAt;
}

/** Uses the units of one request. @returns false if too few are left. */
export function useUnits(lease: Lease): boolean {
  const { cost } = lease.charge;
  if (lease.left < cost) return false;
  lease.left -= cost;
  lease.uses++;
  return true;
}

/** Should more units be requested now, so that no request has to wait for them? */
export function isRunningLow({ left, filledTo, uses, refill }: Lease): boolean {
  return left < filledTo / 4 && uses > 1 && refill === undefined;
}

/**
 * Are more requests to be expected? After a single one, units in advance would only be withheld from other processes.
 */
export function isBusy({ uses, waiting, charge: { cost } }: Lease): boolean {
  return uses * cost + waiting > cost;
}

/** The verdict on a request that the lease has just served: units left on the lease count as remaining, not as used. */
export function verdictOf({ charge, left, verdict }: Lease): PlainVerdict {
  // Loops, because this runs for every request.
  const standings: Standing[] = [];
  for (const { name, remaining, resetMs } of verdict.standings) {
    standings.push({ name, remaining: remaining + left, resetMs });
  }
  const used: number[] = [];
  for (const units of verdict.used) used.push(units - left);
  const exceeded = exceededQuotas(charge.quotas, used);
  return { isAllowed: true, violated: NO_VERDICT.violated, waitMs: 0, standings, used, exceeded };
}
