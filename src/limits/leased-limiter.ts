import type { TickSource } from "../lib/time/clock.ts";
import { addGrant, isBusy, isRunningLow, type Lease, NO_VERDICT, type Refill, useUnits, verdictOf } from "./lease.ts";
import { createLeaseBook, type LeaseBook } from "./lease-book.ts";
import type { LeaseServer } from "./lease-server.ts";
import type { Limiter, Verdict } from "./limiter.ts";

/** How long unused units are kept: for that long other processes may be refused because of them. */
export const HOLD_MS = 100;

export type LeasedLimiter = Limiter & {
  /** Returns unused units whose lease has ended; with `all` those of every lease. */
  readonly returnUnused: (all?: boolean) => void;
};

type Parts = { readonly server: LeaseServer; readonly ticks: TickSource; readonly book: LeaseBook };

/**
 * The limiter of one process in a cluster. It decides with units that it has on lease, and requests more when they run
 * low. Units on lease were taken up to `HOLD_MS` earlier, so in any span Δ all processes together admit at most
 * `burst + requests · (Δ + HOLD_MS) / window` units, and never more in total than a single process would have. While a
 * process holds units that it does not use, others may refuse some requests too early.
 */
export function createLeasedLimiter(server: LeaseServer, ticks: TickSource): LeasedLimiter {
  const book = createLeaseBook();
  const parts = { server, ticks, book };
  const peek: Limiter["peek"] = async (charge) => ({ ...(await server.peek(charge)), refund: () => {} });

  return {
    take: (charge) => {
      // Such a request takes nothing; it only reports where the limits stand.
      if (charge.cost === 0) return peek(charge);
      const lease = book.leaseOf(charge);
      return takeFrom(lease, parts) ?? waitFor(lease, parts);
    },
    peek,
    size: () => book.held.size,
    returnUnused: (all = false) => {
      const now = ticks.now();
      for (const lease of book.held) if (all || now >= lease.endsAt) returnUnits(lease, parts);
      book.forgetIdle();
    },
  };
}

/** Serves a request from the units on lease; undefined if they do not suffice. */
function takeFrom(lease: Lease, parts: Parts): Verdict | undefined {
  const { charge, takenAt } = lease;
  if (parts.ticks.now() >= lease.endsAt) returnUnits(lease, parts);
  if (!useUnits(lease)) return undefined;
  // A failure does not matter yet: the next request that has to wait asks again.
  if (isRunningLow(lease)) requestUnits(lease, true, parts).grant.catch(() => {});
  return Object.assign(verdictOf(lease), { refund: () => parts.server.refund(charge, charge.cost, takenAt) });
}

const NO_GRANT = { units: 0, verdict: NO_VERDICT };

/** Waits until the lease can serve a request, or the lease server refuses it. */
async function waitFor(lease: Lease, parts: Parts): Promise<Verdict> {
  lease.waiting += lease.charge.cost;
  try {
    for (;;) {
      const { isAhead, grant } = lease.refill ?? requestUnits(lease, false, parts);
      // A refill ahead may fail or bring nothing; then this request asks for its own units.
      const { units, verdict } = await (isAhead ? grant.catch(() => NO_GRANT) : grant);
      const taken = takeFrom(lease, parts);
      if (taken !== undefined) return taken;
      if (units === 0 && !isAhead) return { ...verdict, refund: () => {} };
    }
  } finally {
    lease.waiting -= lease.charge.cost;
  }
}

/** Requests units for the waiting requests, or ahead of any. They are added to the lease when they arrive. */
function requestUnits(lease: Lease, isAhead: boolean, { server, ticks, book }: Parts): Refill {
  const { charge, waiting } = lease;
  const grant = server
    .grant({ charge, waiting: isAhead ? 0 : waiting, isBusy: isBusy(lease) })
    .then((granted) => {
      if (granted.units > 0) {
        addGrant(lease, granted, ticks.now() + HOLD_MS);
        book.held.add(lease);
      }
      return granted;
    })
    .finally(() => {
      lease.refill = undefined;
    });
  lease.refill = { isAhead, grant };
  return lease.refill;
}

/** Returns the unused units of a lease. */
function returnUnits(lease: Lease, { server, book }: Parts) {
  if (lease.left > 0) server.refund(lease.charge, lease.left, lease.takenAt);
  lease.left = 0;
  lease.uses = 0;
  book.held.delete(lease);
}
