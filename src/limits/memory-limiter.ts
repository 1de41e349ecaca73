import type { Clock, Instant, TickSource, Ticks } from "../lib/time/clock.ts";
import { type Buckets, createBuckets } from "./buckets.ts";
import { hasRoom, remainingOf, waitMs, weightOf } from "./gcra.ts";
import type { Ledger } from "./ledger.ts";
import type { Limit, Quota, Standing } from "./limit.ts";
import type { Charge, Limiter, Verdict } from "./limiter.ts";
import { spanOf } from "./period.ts";

export type MemoryLimiterDeps = {
  /** For limits: a change of the wall clock must let nobody in. */
  readonly ticks: TickSource;
  /** For quotas, which end with the calendar. */
  readonly clock: Clock;
  readonly ledger: Ledger;
};

/** How many buckets are looked at, whether they are empty, with each one that is new: so memory holds those in use. */
const SWEPT_WITH_EACH = 2;

export type MemoryLimiter = Limiter & {
  /** Of units that were taken in whatever charges, at `takenAt`. */
  readonly giveBack: (charge: Charge, units: number, takenAt: Instant) => void;
};

/** The limiter of one process: exact, however many requests come at once, for it decides about each without a pause. */
export function createMemoryLimiter({ ticks, clock, ledger }: MemoryLimiterDeps): MemoryLimiter {
  const store = createBucketStore();

  /** Every limit and quota of every request passes through here: loops that leave nothing behind but the verdict. */
  const decide = (charge: Charge, cost: number, { used, now: today }: Read): Verdict => {
    const now = ticks.now();
    const { limits, quotas, clientId } = charge;
    const levels: number[] = [];
    for (const { limit, id } of limits) levels.push(store.bucketsOf(limit).levelOf(id, now));
    const { violated, waitMs } = cost === 0 ? NO_VIOLATION : judge(charge, { cost, levels, used, today });

    const taken = violated.length === 0 ? cost : 0;
    if (taken > 0) {
      for (const [index, { limit, id }] of limits.entries()) {
        const level = (levels[index] ?? 0) + weightOf(limit, taken);
        levels[index] = level;
        if (store.bucketsOf(limit).fill(id, level, now)) store.sweep(SWEPT_WITH_EACH, now);
      }
      for (const [index, quota] of quotas.entries()) {
        used[index] = (used[index] ?? 0) + taken;
        ledger.change(clientId, quota, taken, today);
      }
    }
    const standings: Standing[] = [];
    for (const [index, { limit }] of limits.entries()) standings.push(standingOfLimit(limit, levels[index] ?? 0));
    let exceeded = NO_QUOTA;
    for (const [index, quota] of quotas.entries()) {
      const usedOfIt = used[index] ?? 0;
      if (quota.isHard) standings.push(standingOfQuota(quota, usedOfIt, today));
      else if (usedOfIt > quota.requests) exceeded = [...exceeded, { quota, used: usedOfIt }];
    }
    const isAllowed = violated.length === 0;
    return { isAllowed, violated, waitMs, standings, used, exceeded, giveBack: () => giveBack(charge, taken, today) };
  };

  /** Of quotas in the span that they were taken from. */
  const giveBack = ({ limits, quotas, clientId }: Charge, cost: number, takenAt: Instant) => {
    const now = ticks.now();
    for (const { limit, id } of limits) {
      const buckets = store.bucketsOf(limit);
      const level = buckets.levelOf(id, now);
      // What has run empty meanwhile has nothing to give back.
      if (level > 0) buckets.fill(id, Math.max(0, level - weightOf(limit, cost)), now);
    }
    for (const quota of quotas) ledger.change(clientId, quota, -cost, takenAt);
  };

  /** What was used of each quota; undefined where one was never read. */
  const readUsed = ({ clientId, quotas }: Charge): Read | undefined => {
    const now = clock.now();
    const used: number[] = [];
    for (const quota of quotas) {
      const usedOfIt = ledger.usedOf(clientId, quota, now);
      if (usedOfIt === undefined) return undefined;
      used.push(usedOfIt);
    }
    return { used, now };
  };

  /** Where something was never read, the store is asked first; from there on nothing waits. */
  const decideOnceRead = (charge: Charge, cost: number): Verdict | Promise<Verdict> => {
    const read = readUsed(charge);
    if (read !== undefined) return decide(charge, cost, read);
    const { clientId, quotas } = charge;
    return ledger.load(clientId, quotas, clock.now()).then(() => decideOnceRead(charge, cost));
  };

  return {
    take: (charge) => decideOnceRead(charge, charge.cost),
    size: () => store.size(),
    look: (charge) => decideOnceRead(charge, 0),
    giveBack,
  };
}

/** What was used, and when that was looked up. */
type Read = { readonly used: number[]; readonly now: Instant };

const NO_VIOLATION = { violated: [], waitMs: 0 };
const NO_QUOTA: Verdict["exceeded"] = [];

type Levels = {
  readonly cost: number;
  readonly levels: readonly number[];
  readonly used: readonly number[];
  readonly today: Instant;
};

/** Which limits and quotas have no room for it, and how long until all of them have. */
function judge({ limits, quotas }: Charge, { cost, levels, used, today }: Levels) {
  const violated: string[] = [];
  let wait = 0;
  for (const [index, { limit }] of limits.entries()) {
    const level = levels[index] ?? 0;
    if (hasRoom(limit, level, cost)) continue;
    violated.push(limit.name);
    wait = Math.max(wait, waitMs(limit, level, cost));
  }
  for (const [index, quota] of quotas.entries()) {
    if (!quota.isHard || (used[index] ?? 0) + cost <= quota.requests) continue;
    violated.push(quota.name);
    wait = Math.max(wait, spanOf(quota.period, today).endsAt - today);
  }
  return { violated, waitMs: wait };
}

/** The buckets of every limit that is in use. A limit that was changed begins anew. */
function createBucketStore() {
  const byTerms = new Map<string, Buckets>();
  const byLimit = new WeakMap<Limit, Buckets>();

  const find = (limit: Limit): Buckets => {
    const terms = `${limit.name} ${limit.requests}/${limit.windowSeconds}/${limit.burst}`;
    const found = byTerms.get(terms) ?? createBuckets(limit);
    byTerms.set(terms, found);
    return found;
  };

  function* everywhere(): Generator<readonly [Buckets, string]> {
    for (;;) {
      for (const buckets of byTerms.values()) for (const id of buckets.ids()) yield [buckets, id];
      // Every round passes by what is new, for there is something in it whenever this is asked.
    }
  }
  const sweeper = everywhere();

  return {
    bucketsOf: (limit: Limit): Buckets => {
      const found = byLimit.get(limit) ?? find(limit);
      byLimit.set(limit, found);
      return found;
    },
    size: () => [...byTerms.values()].reduce((sum, buckets) => sum + buckets.size(), 0),
    /** Looks at the next `count` buckets, one limit after the other, and forgets those that are empty. */
    sweep: (count: number, now: Ticks) => {
      for (let looked = 0; looked < count; looked++) {
        const { value } = sweeper.next();
        if (value) value[0].forgetIfEmpty(value[1], now);
      }
    },
  };
}

function standingOfLimit(limit: Limit, level: number): Standing {
  const remaining = remainingOf(limit, level);
  const resetMs = remaining > 0 ? Math.ceil(level / limit.requests) : waitMs(limit, level, 1);
  return { name: limit.name, remaining, resetMs };
}

function standingOfQuota({ name, requests, period }: Quota, used: number, now: Instant): Standing {
  return { name, remaining: Math.max(0, requests - used), resetMs: spanOf(period, now).endsAt - now };
}
