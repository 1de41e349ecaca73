import type { Clock, Instant } from "../lib/time/clock.ts";
import type { Charge, Verdict } from "./limiter.ts";
import type { MemoryLimiter } from "./memory-limiter.ts";

/** A process asks for units that it may give to requests without asking again. */
export type LeaseRequest = {
  /** The charge of the first waiting request. */
  readonly charge: Charge;
  /** Units that all waiting requests need; 0 if none waits yet: then units are granted only if there are plenty. */
  readonly waiting: number;
  /** Whether more such requests are expected. */
  readonly isBusy: boolean;
};

/** A verdict that can be sent to another process. */
export type PlainVerdict = Omit<Verdict, "refund">;

export type Grant = {
  /** Units taken for the asking process; 0 if the verdict refuses, or if no request waited. */
  readonly units: number;
  readonly verdict: PlainVerdict;
  readonly takenAt: Instant;
};

/** Decides for all processes of a cluster. They hold units on lease, which are already taken. */
export type LeaseServer = {
  readonly grant: (request: LeaseRequest) => Promise<Grant>;
  /** Where the limits stand, without taking units. */
  readonly peek: (charge: Charge) => Promise<PlainVerdict>;
  /** Returns units that were not used. */
  readonly refund: (charge: Charge, units: number, takenAt: Instant) => void;
};

/** A larger lease would save no further calls worth mentioning. */
const MAX_UNITS = 4_096;

/** All processes together hold at most a quarter of the units that remain. */
const SHARES = 4;

/**
 * Grants the units that waiting requests need, plus a share of what remains, so that most requests need no call. The
 * share shrinks with what remains: a limit that is nearly used up is handed out unit by unit.
 * @param processes how many processes ask.
 */
export function createLeaseServer(limiter: MemoryLimiter, clock: Clock, processes: number): LeaseServer {
  const peek = async (charge: Charge) => toPlain(await limiter.peek(charge));

  const take = async (charge: Charge, units: number): Promise<Grant> => {
    const takenAt = clock.now();
    const verdict = toPlain(await limiter.take({ ...charge, cost: units }));
    return { units: verdict.isAllowed ? units : 0, verdict, takenAt };
  };

  return {
    grant: async ({ charge, waiting, isBusy }) => {
      const verdict = await peek(charge);
      const room = Math.min(...verdict.standings.map(({ remaining }) => remaining));
      const spare = isBusy ? Math.max(0, Math.floor((room - waiting) / (SHARES * processes))) : 0;
      if (waiting === 0 && spare < charge.cost) return { units: 0, verdict, takenAt: clock.now() };

      const units = Math.min(room, waiting + spare, Math.max(waiting, MAX_UNITS));
      const granted = units > charge.cost ? await take(charge, units) : undefined;
      // Another process may have been faster; then only the first request is served or refused.
      return granted?.verdict.isAllowed ? granted : take(charge, charge.cost);
    },
    peek,
    refund: limiter.refund,
  };
}

function toPlain({ refund: _, ...verdict }: Verdict): PlainVerdict {
  return verdict;
}
