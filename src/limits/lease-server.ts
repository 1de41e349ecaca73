import type { Clock, Instant } from "../lib/time/clock.ts";
import type { Charge, Verdict } from "./limiter.ts";
import type { MemoryLimiter } from "./memory-limiter.ts";

/** What a process wants that decides about requests of its own. */
export type Ask = {
  /** The first request that waits. */
  readonly charge: Charge;
  /** How many units all that wait would take; 0: nobody waits yet, and nothing is to be taken unless there is plenty. */
  readonly waiting: number;
  /** Whether more requests like this one are to be expected. */
  readonly isBusy: boolean;
};

/** A verdict that can be sent. */
export type PlainVerdict = Omit<Verdict, "giveBack">;

export type Grant = {
  /** Units that were taken for whoever asked; 0: the verdict refuses, or nobody waited. */
  readonly units: number;
  readonly verdict: PlainVerdict;
  readonly takenAt: Instant;
};

/** The one place that decides; others hold units on lease, which are taken already. */
export type LeaseServer = {
  readonly ask: (ask: Ask) => Promise<Grant>;
  readonly look: (charge: Charge) => Promise<PlainVerdict>;
  /** Units that nobody used. */
  readonly giveBack: (charge: Charge, units: number, takenAt: Instant) => void;
};

/** More at once would save nothing any more. */
const MOST_UNITS = 4_096;

/**
 * Grants what waits, and beyond that a share of what is left, so that most requests need not ask. The share shrinks with
 * what is left: one that is nearly used up is counted out unit by unit.
 * @param processes how many there are that ask.
 */
export function createLeaseServer(limiter: MemoryLimiter, clock: Clock, processes: number): LeaseServer {
  const roomFor = async (charge: Charge) => {
    const { standings } = await limiter.look(charge);
    return Math.min(...standings.map(({ remaining }) => remaining));
  };

  const take = async (charge: Charge, units: number): Promise<Grant> => {
    const takenAt = clock.now();
    const { giveBack: _, ...verdict } = await limiter.take({ ...charge, cost: units });
    return { units: verdict.isAllowed ? units : 0, verdict, takenAt };
  };

  const look = async (charge: Charge): Promise<PlainVerdict> => {
    const { giveBack: _, ...verdict } = await limiter.look(charge);
    return verdict;
  };

  const nothing = async (charge: Charge): Promise<Grant> => ({
    units: 0,
    verdict: await look(charge),
    takenAt: clock.now(),
  });

  return {
    ask: async ({ charge, waiting, isBusy }) => {
      const room = await roomFor(charge);
      const spare = isBusy ? Math.max(0, Math.floor((room - waiting) / (SHARES * processes))) : 0;
      const units = Math.min(room, waiting + spare, Math.max(waiting, MOST_UNITS));
      if (waiting === 0 && spare < charge.cost) return nothing(charge);
      // Another one may have been quicker; then it is what the first request needs, or nothing.
      const granted = units > charge.cost ? await take(charge, units) : undefined;
      return granted?.verdict.isAllowed ? granted : take(charge, charge.cost);
    },
    look,
    giveBack: limiter.giveBack,
  };
}

/** All processes together hold no more than a quarter of what is left. */
const SHARES = 4;
