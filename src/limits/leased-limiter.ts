import { createSideTable } from "../lib/side-table.ts";
import type { Instant, TickSource, Ticks } from "../lib/time/clock.ts";
import type { Grant, LeaseServer, PlainVerdict } from "./lease-server.ts";
import type { Standing } from "./limit.ts";
import type { Charge, Limiter, Verdict } from "./limiter.ts";

/** So long units are held that nobody uses: others may be refused meanwhile. */
export const HOLD_MS = 100;

type Lease = {
  readonly charge: Charge;
  /** Charges that are alike share one. */
  readonly name: string;
  /** How many requests it was used for. */
  uses: number;
  /** Units that are taken and not used. */
  left: number;
  verdict: PlainVerdict;
  takenAt: Instant;
  endsAt: Ticks;
  /** So many were on lease when there were most. */
  most: number;
  /** What those need who wait for an answer. */
  waiting: number;
  asking: { readonly isAhead: boolean; readonly answer: Promise<Grant> } | undefined;
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
export function createLeasedLimiter(desk: LeaseServer, ticks: TickSource): LeasedLimiter {
  const byCharge = createSideTable<Lease>();
  /** Those that were in use lately: the charge of a request without a key is an object of its own each time. */
  const byName = new Map<string, Lease>();
  const held = new Set<Lease>();

  const leaseOf = (charge: Charge): Lease => {
    const known = byCharge.get(charge);
    if (known !== undefined && byName.get(known.name) === known) return known;
    const name = known?.name ?? JSON.stringify(charge);
    const lease = byName.get(name) ?? known ?? begin(charge, name);
    byName.set(name, lease);
    byCharge.set(charge, lease);
    return lease;
  };

  const begin = (charge: Charge, name: string): Lease => {
    return {
      charge,
      name,
      uses: 0,
      left: 0,
      verdict: NOTHING,
      takenAt: 0,
      endsAt: 0,
      most: 0,
      waiting: 0,
      asking: undefined,
    };
  };

  const end = (lease: Lease) => {
    if (lease.left > 0) desk.giveBack(lease.charge, lease.left, lease.takenAt);
    lease.left = 0;
    lease.uses = 0;
    held.delete(lease);
  };

  /** One that called once may not call again: units in advance would only be kept from others. */
  const isBusy = ({ uses, waiting, charge: { cost } }: Lease) => uses * cost + waiting > cost;

  const ask = (lease: Lease, isAhead: boolean) => {
    const { charge, waiting } = lease;
    const answer = desk
      .ask({ charge, waiting: isAhead ? 0 : waiting, isBusy: isBusy(lease) })
      .then((grant) => {
        if (grant.units > 0) take(lease, grant);
        return grant;
      })
      .finally(() => {
        lease.asking = undefined;
      });
    lease.asking = { isAhead, answer };
    return lease.asking;
  };

  const take = (lease: Lease, { units, verdict, takenAt }: Grant) => {
    lease.left += units;
    lease.most = lease.left;
    Object.assign(lease, { verdict, takenAt, endsAt: ticks.now() + HOLD_MS });
    held.add(lease);
  };

  /** Before it is used up, so that nobody has to wait. */
  const askAhead = (lease: Lease) => {
    if (lease.asking === undefined && lease.uses > 1) ask(lease, true).answer.catch(() => {});
  };

  const use = (lease: Lease): Verdict | undefined => {
    const { cost } = lease.charge;
    if (ticks.now() >= lease.endsAt) end(lease);
    if (lease.left < cost) return undefined;
    lease.left -= cost;
    lease.uses++;
    if (lease.left < lease.most / 4) askAhead(lease);
    const { takenAt } = lease;
    return Object.assign(seenFrom(lease), { giveBack: () => desk.giveBack(lease.charge, cost, takenAt) });
  };

  const wait = async (lease: Lease): Promise<Verdict> => {
    lease.waiting += lease.charge.cost;
    try {
      for (;;) {
        const { isAhead, answer } = lease.asking ?? ask(lease, false);
        // What was asked ahead may have failed, or brought nothing: whoever waits asks for itself.
        const { units, verdict } = await (isAhead ? answer.catch(() => NOT_ASKED) : answer);
        const used = use(lease);
        if (used !== undefined) return used;
        if (units === 0 && !isAhead) return { ...verdict, giveBack: () => {} };
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
      for (const [name, lease] of byName) {
        if (!held.has(lease) && lease.asking === undefined && lease.waiting === 0) byName.delete(name);
      }
    },
  };
}

const NOTHING: PlainVerdict = { isAllowed: true, violated: [], waitMs: 0, standings: [], used: [], exceeded: [] };

const NOT_ASKED: Pick<Grant, "units" | "verdict"> = { units: 0, verdict: NOTHING };

/** What is on lease and not used yet is there for this process. */
function seenFrom({ charge, left, verdict }: Lease): PlainVerdict {
  const standings: Standing[] = [];
  for (const { name, remaining, resetMs } of verdict.standings)
    standings.push({ name, remaining: remaining + left, resetMs });
  const used: number[] = [];
  let { exceeded } = NOTHING;
  for (const [index, quota] of charge.quotas.entries()) {
    const usedOfIt = (verdict.used[index] ?? 0) - left;
    used.push(usedOfIt);
    if (!quota.isHard && usedOfIt > quota.requests) exceeded = [...exceeded, { quota, used: usedOfIt }];
  }
  return { isAllowed: true, violated: NOTHING.violated, waitMs: 0, standings, used, exceeded };
}
