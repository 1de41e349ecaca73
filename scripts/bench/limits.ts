// The cost of limits: node --expose-gc scripts/bench/limits.ts [schedules]
import fc from "fast-check";
import { systemClock, systemTicks } from "../../src/lib/time/clock.ts";
import { createLedger } from "../../src/limits/ledger.ts";
import type { Limit } from "../../src/limits/limit.ts";
import type { Charge, Limiter, Verdict } from "../../src/limits/limiter.ts";
import { createMemoryLimiter } from "../../src/limits/memory-limiter.ts";
import { aQuotaStore, heldTicks } from "../../test/support/limits.ts";
import { admitted, anySchedule } from "../../test/support/model/rate-model.ts";

const SCHEDULES = Number(process.argv[2] ?? 1_000_000);
const TAKES = 2_000_000;
const KEYS = 1_000_000;

const limit = (name: string, differences: Partial<Limit> = {}): Limit => ({
  name,
  per: "key",
  requests: 1_000_000_000,
  windowSeconds: 60,
  burst: 1_000_000,
  ...differences,
});

const aLimiter = (ticks = systemTicks) =>
  createMemoryLimiter({ ticks, clock: systemClock, ledger: createLedger(aQuotaStore()) });

function chargeOf(limits: readonly Limit[], id: string): Charge {
  return { cost: 1, limits: limits.map((one) => ({ limit: one, id })), quotas: [], clientId: id };
}

/** As many at a time as fit into memory. */
const AT_A_TIME = 10_000;

function* schedules() {
  for (let seed = 0; seed * AT_A_TIME < SCHEDULES; seed++) {
    yield* fc.sample(anySchedule(), { numRuns: Math.min(AT_A_TIME, SCHEDULES - seed * AT_A_TIME), seed });
  }
}

/** Without quotas nothing has to be read first, so the verdict is synchronous. */
const takeNow = (limiter: Limiter, charge: Charge) => limiter.take(charge) as Verdict;

function compareWithModel() {
  let [requests, overAdmitted, wronglyRefused] = [0, 0, 0];
  for (const { rate, schedule } of schedules()) {
    const ticks = heldTicks();
    const limiter = aLimiter(ticks);
    const wanted = limit("one", rate);
    const expected = admitted(rate, schedule);
    schedule.forEach(([at, cost], index) => {
      ticks.advance(at - ticks.now());
      const { isAllowed } = takeNow(limiter, { ...chargeOf([wanted], "k"), cost });
      requests++;
      if (isAllowed && !expected[index]) overAdmitted++;
      if (!isAllowed && expected[index]) wronglyRefused++;
    });
  }
  console.log({ schedules: SCHEDULES, requests, overAdmitted, wronglyRefused });
}

function timeTakes() {
  const limiter = aLimiter();
  const three = ["perKey", "perClient", "searches"].map((name) => limit(name));
  const charges = Array.from({ length: 1_000 }, (_, index) => chargeOf(three, `key_${index}`));
  const round = () => {
    const startedAt = performance.now();
    for (let take = 0; take < TAKES; take++) takeNow(limiter, charges[take % charges.length] as Charge);
    return ((performance.now() - startedAt) * 1000) / TAKES;
  };
  round();
  global.gc?.();
  const before = process.memoryUsage().heapUsed;
  const rounds = Array.from({ length: 5 }, round).toSorted((one, other) => one - other);
  global.gc?.();
  const grownKb = Math.round((process.memoryUsage().heapUsed - before) / 1024);
  console.log({ takesOfThreeLimits: TAKES, usEach: rounds.map((us) => us.toFixed(3)), grownKb });
}

/** As long as real ids, and flat strings like those from a database. */
const idOf = (index: number) => Buffer.from(`key_${String(index).padStart(20, "0")}`).toString("latin1");

function seeManyKeys() {
  const ticks = heldTicks();
  const limiter = aLimiter(ticks);
  const one = limit("perKey", { requests: 60, windowSeconds: 60, burst: 10 });
  const usedMb = () => {
    global.gc?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return Math.round((heapUsed + arrayBuffers) / 1_048_576);
  };
  const before = usedMb();
  for (let index = 0; index < KEYS; index++) takeNow(limiter, chargeOf([one], idOf(index)));
  const busyMb = usedMb() - before;
  // Each key is used once; by the time of the next thousand, the earlier buckets have drained.
  for (let index = KEYS; index < 2 * KEYS; index++) {
    ticks.advance(1);
    takeNow(limiter, chargeOf([one], idOf(index)));
  }
  console.log({ keys: KEYS, mbWithAllBusy: busyMb, mbWhenIdleOnesWereEvicted: usedMb() - before });
}

timeTakes();
seeManyKeys();
compareWithModel();
