import type { Clock, Instant, TickSource, Ticks } from "../lib/time/clock.ts";
import { type BucketStore, createBucketStore } from "./bucket-store.ts";
import { hasRoom, waitMs, weightOf } from "./gcra.ts";
import type { Ledger } from "./ledger.ts";
import type { Standing } from "./limit.ts";
import type { Charge, Limiter, Verdict } from "./limiter.ts";
import { spanOf } from "./period.ts";
import { exceededQuotas, standingOfLimit, standingOfQuota } from "./standing.ts";

export type MemoryLimiterDeps = {
  /** For limits: changes of the wall clock must not admit anything. */
  readonly ticks: TickSource;
  /** For quotas, which follow the calendar. */
  readonly clock: Clock;
  readonly ledger: Ledger;
};

/** Buckets examined for each new one, so that memory holds little more than the buckets in use. */
const SWEPT_PER_NEW_BUCKET = 2;

export type MemoryLimiter = Limiter & {
  /** Returns units that were taken at `takenAt`. */
  readonly refund: (charge: Charge, units: number, takenAt: Instant) => void;
};

type Parts = MemoryLimiterDeps & { readonly store: BucketStore };

/** The limiter of one process. It is exact at any concurrency, because each decision is synchronous. */
export function createMemoryLimiter(deps: MemoryLimiterDeps): MemoryLimiter {
  const parts = { ...deps, store: createBucketStore() };
  return {
    take: (charge) => decide(charge, charge.cost, parts),
    peek: (charge) => decide(charge, 0, parts),
    size: parts.store.size,
    refund: (charge, units, takenAt) => refund(charge, units, takenAt, parts),
  };
}

/** Loads what is not in memory; from there on the decision is synchronous. */
function decide(charge: Charge, cost: number, parts: Parts): Verdict | Promise<Verdict> {
  const { clientId, quotas } = charge;
  const wallNow = parts.clock.now();
  const used = usedOf(charge, parts.ledger, wallNow);
  if (used === undefined) return parts.ledger.load(clientId, quotas, wallNow).then(() => decide(charge, cost, parts));
  return decideNow(charge, cost, { used, wallNow }, parts);
}

/** The units used of each quota; undefined if one is not loaded. */
function usedOf({ clientId, quotas }: Charge, ledger: Ledger, wallNow: Instant): number[] | undefined {
  const used: number[] = [];
  for (const quota of quotas) {
    const units = ledger.usedOf(clientId, quota, wallNow);
    if (units === undefined) return undefined;
    used.push(units);
  }
  return used;
}

type Used = { readonly used: number[]; readonly wallNow: Instant };

/** How full the buckets are and how much of the quotas is used, each in the order of the charge. */
type State = Used & { readonly levels: number[]; readonly now: Ticks };

// Every request with a limit or quota runs the functions below, so they are loops that allocate little but the verdict.

function decideNow(charge: Charge, cost: number, { used, wallNow }: Used, parts: Parts): Verdict {
  const now = parts.ticks.now();
  const levels: number[] = [];
  for (const { limit, id } of charge.limits) levels.push(parts.store.bucketsOf(limit).levelOf(id, now));
  const state = { levels, now, used, wallNow };

  const { violated, waitMs } = cost === 0 ? NO_VIOLATION : violationsOf(charge, cost, state);
  const isAllowed = violated.length === 0;
  const taken = isAllowed ? cost : 0;
  if (taken > 0) take(charge, taken, state, parts);
  return {
    isAllowed,
    violated,
    waitMs,
    standings: standingsOf(charge, state),
    used,
    exceeded: exceededQuotas(charge.quotas, used),
    refund: () => refund(charge, taken, wallNow, parts),
  };
}

const NO_VIOLATION = { violated: [], waitMs: 0 };

/** The limits and quotas that have no room for `cost` units, and how long until all of them have. */
function violationsOf({ limits, quotas }: Charge, cost: number, { levels, used, wallNow }: State) {
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
    wait = Math.max(wait, spanOf(quota.period, wallNow).endsAt - wallNow);
  }
  return { violated, waitMs: wait };
}

/** Takes units from all limits and quotas, and updates `state`. */
function take(
  { limits, quotas, clientId }: Charge,
  units: number,
  { levels, used, now, wallNow }: State,
  { store, ledger }: Parts,
) {
  for (const [index, { limit, id }] of limits.entries()) {
    const level = (levels[index] ?? 0) + weightOf(limit, units);
    levels[index] = level;
    if (store.bucketsOf(limit).fill(id, level, now)) store.sweep(SWEPT_PER_NEW_BUCKET, now);
  }
  for (const [index, quota] of quotas.entries()) {
    used[index] = (used[index] ?? 0) + units;
    ledger.change(clientId, quota, units, wallNow);
  }
}

/** Returns units, those of quotas to the period that they were taken from. */
function refund(
  { limits, quotas, clientId }: Charge,
  units: number,
  takenAt: Instant,
  { ticks, store, ledger }: Parts,
) {
  const now = ticks.now();
  for (const { limit, id } of limits) {
    const buckets = store.bucketsOf(limit);
    const level = buckets.levelOf(id, now);
    // An empty bucket has already leaked all that was taken.
    if (level > 0) buckets.fill(id, Math.max(0, level - weightOf(limit, units)), now);
  }
  for (const quota of quotas) ledger.change(clientId, quota, -units, takenAt);
}

function standingsOf({ limits, quotas }: Charge, { levels, used, wallNow }: State): Standing[] {
  const standings: Standing[] = [];
  for (const [index, { limit }] of limits.entries()) standings.push(standingOfLimit(limit, levels[index] ?? 0));
  for (const [index, quota] of quotas.entries()) {
    if (quota.isHard) standings.push(standingOfQuota(quota, used[index] ?? 0, wallNow));
  }
  return standings;
}
