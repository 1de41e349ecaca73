import type { Clock, Instant, TickSource, Ticks } from "../lib/clock.ts";
import { hasRoom, type Level, levelAt, remainingOf, waitMs, weightOf } from "./gcra.ts";
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

/** How many buckets are looked at, whether they are empty, with each one that is new. */
const SWEPT_WITH_EACH = 2;

/**
 * The limiter of one process: exact, however many requests come at once, for it decides about each without a pause.
 * Buckets that have run empty are forgotten, so that memory holds those only that are in use.
 */
export function createMemoryLimiter({ ticks, clock, ledger }: MemoryLimiterDeps): Limiter {
  const buckets = new Map<string, Bucket>();
  let sweeper = buckets.entries();

  const sweep = (now: Ticks) => {
    for (let looked = 0; looked < SWEPT_WITH_EACH; looked++) {
      const { value, done } = sweeper.next();
      if (done) {
        sweeper = buckets.entries();
        return;
      }
      if (levelAt(value[1].limit, value[1], now) === 0) buckets.delete(value[0]);
    }
  };

  const fill = (limit: Limit, id: string, level: number, now: Ticks) => {
    const name = nameOf(limit, id);
    const bucket = buckets.get(name);
    if (bucket !== undefined) {
      bucket.level = level;
      bucket.at = now;
    } else if (level > 0) {
      buckets.set(name, { limit, level, at: now });
      sweep(now);
    }
  };

  const decide = (charge: Charge, cost: number): Verdict => {
    const [now, today] = [ticks.now(), clock.now()];
    const levels = charge.limits.map(({ limit, id }) => {
      const bucket = buckets.get(nameOf(limit, id));
      return bucket === undefined ? 0 : levelAt(limit, bucket, now);
    });
    const used = charge.quotas.map((quota) => ledger.usedOf(charge.clientId, quota, today) ?? 0);

    const violated: string[] = [];
    let wait = 0;
    charge.limits.forEach(({ limit }, index) => {
      const level = levels[index] ?? 0;
      if (hasRoom(limit, level, cost)) return;
      violated.push(limit.name);
      wait = Math.max(wait, waitMs(limit, level, cost));
    });
    charge.quotas.forEach((quota, index) => {
      if (!quota.isHard || (used[index] ?? 0) + cost <= quota.requests) return;
      violated.push(quota.name);
      wait = Math.max(wait, spanOf(quota.period, today).endsAt - today);
    });

    const taken = violated.length === 0 ? cost : 0;
    if (taken > 0) {
      charge.limits.forEach(({ limit, id }, index) => {
        levels[index] = (levels[index] ?? 0) + weightOf(limit, taken);
        fill(limit, id, levels[index] ?? 0, now);
      });
      charge.quotas.forEach((quota, index) => {
        used[index] = (used[index] ?? 0) + taken;
        ledger.change(charge.clientId, quota, taken, today);
      });
    }
    return {
      isAllowed: violated.length === 0,
      giveBack: () => giveBack(charge, taken, today),
      violated,
      waitMs: wait,
      standings: [
        ...charge.limits.map(({ limit }, index) => standingOfLimit(limit, levels[index] ?? 0)),
        ...charge.quotas.flatMap((quota, index) => standingOfQuota(quota, used[index] ?? 0, today)),
      ],
      used,
      exceeded: charge.quotas.flatMap((quota, index) => {
        const usedOfIt = used[index] ?? 0;
        return !quota.isHard && usedOfIt > quota.requests ? [{ quota, used: usedOfIt }] : [];
      }),
    };
  };

  /** Of quotas in the span that they were taken from. */
  const giveBack = ({ limits, quotas, clientId }: Charge, cost: number, takenAt: Instant) => {
    const now = ticks.now();
    for (const { limit, id } of limits) {
      const bucket = buckets.get(nameOf(limit, id));
      if (bucket === undefined) continue;
      fill(limit, id, Math.max(0, levelAt(limit, bucket, now) - weightOf(limit, cost)), now);
    }
    for (const quota of quotas) ledger.change(clientId, quota, -cost, takenAt);
  };

  /** Where something was never read, the store is asked first; from there on nothing waits. */
  const onceLoaded = (charge: Charge, decideNow: () => Verdict): Verdict | Promise<Verdict> => {
    const { clientId, quotas } = charge;
    const today = clock.now();
    if (quotas.every((quota) => ledger.usedOf(clientId, quota, today) !== undefined)) return decideNow();
    return ledger.load(clientId, quotas, today).then(() => onceLoaded(charge, decideNow));
  };

  return {
    take: (charge) => onceLoaded(charge, () => decide(charge, charge.cost)),
    look: (charge) => onceLoaded(charge, () => decide(charge, 0)),
  };
}

type Bucket = Level & { readonly limit: Limit };

/** A limit that was changed begins anew. */
function nameOf({ name, requests, windowSeconds, burst }: Limit, id: string): string {
  return `${id}\n${name}\n${requests}/${windowSeconds}/${burst}`;
}

function standingOfLimit(limit: Limit, level: number): Standing {
  const remaining = remainingOf(limit, level);
  const resetMs = remaining > 0 ? Math.ceil(level / limit.requests) : waitMs(limit, level, 1);
  return { name: limit.name, remaining, resetMs };
}

function standingOfQuota(quota: Quota, used: number, now: number): readonly Standing[] {
  if (!quota.isHard) return [];
  const { endsAt } = spanOf(quota.period, now);
  return [{ name: quota.name, remaining: Math.max(0, quota.requests - used), resetMs: endsAt - now }];
}
