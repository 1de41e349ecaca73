import { createBeside } from "../lib/beside.ts";
import type { Instant, TickSource, Ticks } from "../lib/clock.ts";
import type { Grant, LeaseDesk, PlainVerdict } from "./lease-desk.ts";
import type { Charge, Limiter, Verdict } from "./limiter.ts";

/** So long units are held that nobody uses: others may be refused meanwhile. */
export const HOLD_MS = 100;

type Lease = {
  readonly charge: Charge;
  /** Units that are taken and not used. */
  left: number;
  verdict: PlainVerdict;
  takenAt: Instant;
  endsAt: Ticks;
  /** What those need who wait for an answer. */
  waiting: number;
  asking: Promise<Grant> | undefined;
};

export type LeasedLimiter = Limiter & {
  /** Gives back what is held too long, or `all`. */
  readonly giveBackUnused: (all?: boolean) => void;
};

/**
 * The limiter of one process among several: it decides out of units that it holds on lease, and asks for more when these
 * do not suffice. What is on lease was taken before, by `HOLD_MS` at most: so in any span Δ all together admit at most
 * `burst + requests · (Δ + HOLD_MS) / window` units, and never more than one would have until then. While one holds units
 * that it does not use, others may be refused some requests early, for as long.
 */
export function createLeasedLimiter(desk: LeaseDesk, ticks: TickSource): LeasedLimiter {
  const byCharge = createBeside<Lease>();
  const held = new Set<Lease>();

  const leaseOf = (charge: Charge): Lease => {
    const known = byCharge.get(charge);
    if (known !== undefined) return known;
    const lease = { charge, left: 0, verdict: NOTHING, takenAt: 0, endsAt: 0, waiting: 0, asking: undefined };
    byCharge.set(charge, lease);
    return lease;
  };

  const end = (lease: Lease) => {
    if (lease.left > 0) desk.giveBack(lease.charge, lease.left, lease.takenAt);
    lease.left = 0;
    held.delete(lease);
  };

  const ask = (lease: Lease) => {
    const { charge, waiting } = lease;
    lease.asking ??= desk
      .ask({ charge, waiting })
      .then((grant) => {
        if (grant.units === 0) return grant;
        lease.left += grant.units;
        lease.verdict = grant.verdict;
        lease.takenAt = grant.takenAt;
        lease.endsAt = ticks.now() + HOLD_MS;
        held.add(lease);
        return grant;
      })
      .finally(() => {
        lease.asking = undefined;
      });
    return lease.asking;
  };

  const use = (lease: Lease): Verdict | undefined => {
    const { cost } = lease.charge;
    if (lease.left > 0 && ticks.now() >= lease.endsAt) end(lease);
    if (lease.left < cost) return undefined;
    lease.left -= cost;
    const { takenAt } = lease;
    const giveBack = () => desk.giveBack(lease.charge, cost, takenAt);
    return { ...seenFrom(lease), giveBack };
  };

  const wait = async (lease: Lease): Promise<Verdict> => {
    lease.waiting += lease.charge.cost;
    try {
      for (;;) {
        const { units, verdict } = await ask(lease);
        const used = use(lease);
        if (used !== undefined) return used;
        if (units === 0) return { ...verdict, giveBack: () => {} };
      }
    } finally {
      lease.waiting -= lease.charge.cost;
    }
  };

  const look = async (charge: Charge): Promise<Verdict> => ({ ...(await desk.look(charge)), giveBack: () => {} });

  return {
    take: (charge) => {
      // Nothing to take, but where things stand is to be known.
      if (charge.cost === 0) return look(charge);
      const lease = leaseOf(charge);
      return use(lease) ?? wait(lease);
    },
    look,
    size: () => held.size,
    giveBackUnused: (all = false) => {
      const now = ticks.now();
      for (const lease of held) if (all || now >= lease.endsAt) end(lease);
    },
  };
}

const NOTHING: PlainVerdict = { isAllowed: true, violated: [], waitMs: 0, standings: [], used: [], exceeded: [] };

/** What is on lease and not used yet is there for this process. */
function seenFrom({ charge, left, verdict }: Lease): PlainVerdict {
  const used = verdict.used.map((units) => units - left);
  return {
    ...verdict,
    standings: verdict.standings.map((standing) => ({ ...standing, remaining: standing.remaining + left })),
    used,
    exceeded: charge.quotas.flatMap((quota, index) => {
      const usedOfIt = used[index] ?? 0;
      return !quota.isHard && usedOfIt > quota.requests ? [{ quota, used: usedOfIt }] : [];
    }),
  };
}
