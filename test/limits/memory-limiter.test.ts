import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Limit, Quota } from "../../src/limits/limit.ts";
import type { Charge, Verdict } from "../../src/limits/limiter.ts";
import { aHeldClock, NOON } from "../support/builders.ts";
import { aLimiter, aQuotaStore, heldTicks } from "../support/limits.ts";
import { admitted, anySchedule } from "../support/model/rate-model.ts";
import { runs } from "../support/runs.ts";

const PER_KEY: Limit = { name: "perKey", per: "key", requests: 60, windowSeconds: 60, burst: 10 };
const PER_CLIENT: Limit = { name: "perClient", per: "client", requests: 120, windowSeconds: 60, burst: 15 };
const MONTHLY: Quota = { name: "monthly", requests: 12, period: "month", isHard: true };
const SOFT: Quota = { name: "soft", requests: 2, period: "day", isHard: false };
const DECEMBER = Date.parse("2026-12-01T00:00:00Z");

function charge(differences: Partial<Charge> & { readonly keyId?: string } = {}): Charge {
  const { keyId = "k1", ...rest } = differences;
  return { cost: 1, limits: [{ limit: PER_KEY, id: keyId }], quotas: [], clientId: "acme", ...rest };
}

const bothOf = (keyId: string): Charge["limits"] => [
  { limit: PER_KEY, id: keyId },
  { limit: PER_CLIENT, id: "acme" },
];

const nowOf = (verdict: Verdict | Promise<Verdict>): Verdict => {
  if (verdict instanceof Promise) throw new Error("It has to wait.");
  return verdict;
};

describe("a limit", () => {
  it("is taken from, and reports where it stands and when to retry", () => {
    const { limiter, ticks } = aLimiter();
    expect(nowOf(limiter.take(charge()))).toMatchObject({
      isAllowed: true,
      violated: [],
      waitMs: 0,
      standings: [{ name: "perKey", remaining: 9, resetMs: 1_000 }],
    });
    for (let count = 0; count < 9; count++) nowOf(limiter.take(charge()));
    const refused = nowOf(limiter.take(charge()));
    expect(refused).toMatchObject({
      isAllowed: false,
      violated: ["perKey"],
      waitMs: 1_000,
      standings: [{ name: "perKey", remaining: 0, resetMs: 1_000 }],
    });
    ticks.advance(999);
    expect(nowOf(limiter.take(charge())).isAllowed).toBe(false);
    ticks.advance(1);
    expect(nowOf(limiter.take(charge())).isAllowed).toBe(true);
  });

  it("counts each key by itself, and starts over when its terms change", () => {
    const { limiter } = aLimiter();
    for (let count = 0; count < 10; count++) nowOf(limiter.take(charge()));
    expect(nowOf(limiter.take(charge())).isAllowed).toBe(false);
    expect(nowOf(limiter.take(charge({ keyId: "k2" }))).isAllowed).toBe(true);
    const changed = { ...PER_KEY, requests: 61 };
    expect(nowOf(limiter.take(charge({ limits: [{ limit: changed, id: "k1" }] }))).isAllowed).toBe(true);
  });

  it("of one thousand admits exactly one thousand of ten thousand concurrent requests", async () => {
    const { limiter } = aLimiter();
    const limit = { ...PER_KEY, requests: 1_000, burst: 1_000 };
    const wanted = charge({ limits: [{ limit, id: "k1" }] });
    const verdicts = await Promise.all(Array.from({ length: 10_000 }, async () => limiter.take(wanted)));
    expect(verdicts.filter(({ isAllowed }) => isAllowed)).toHaveLength(1_000);
  });

  it("can be peeked at without taking units", () => {
    const { limiter } = aLimiter();
    for (let count = 0; count < 20; count++) nowOf(limiter.peek(charge()));
    expect(nowOf(limiter.peek(charge())).standings).toEqual([{ name: "perKey", remaining: 10, resetMs: 0 }]);
  });

  it("admits requests that cost nothing, even when it is used up", () => {
    const { limiter } = aLimiter();
    for (let count = 0; count < 10; count++) nowOf(limiter.take(charge()));
    expect(nowOf(limiter.take(charge({ cost: 0 })))).toMatchObject({ isAllowed: true, standings: [{ remaining: 0 }] });
  });

  it("gets back the cost of a request that failed, and no more", () => {
    const { limiter } = aLimiter();
    const verdict = nowOf(limiter.take(charge({ cost: 4 })));
    verdict.refund();
    expect(nowOf(limiter.peek(charge())).standings).toEqual([{ name: "perKey", remaining: 10, resetMs: 0 }]);
    nowOf(limiter.take(charge({ cost: 4 }))).refund();
    nowOf(limiter.take(charge({ cost: 11 })));
    const refused = nowOf(limiter.take(charge()));
    refused.refund();
    expect(nowOf(limiter.peek(charge())).standings).toMatchObject([{ remaining: 0 }]);
  });
});

describe("several limits and quotas", () => {
  it("are taken from all together or not at all", async () => {
    const { limiter } = aLimiter();
    const both = charge({ limits: bothOf("k1"), quotas: [MONTHLY] });
    for (let count = 0; count < 10; count++) await limiter.take(both);
    expect(await limiter.take(both)).toMatchObject({ isAllowed: false, violated: ["perKey"] });
    const other = { ...both, limits: bothOf("k2") };
    expect(await limiter.peek(other)).toMatchObject({
      standings: [
        { name: "perKey", remaining: 10 },
        { name: "perClient", remaining: 5 },
        { name: "monthly", remaining: 2 },
      ],
    });
    await limiter.take(other);
    await limiter.take(other);
    expect(await limiter.take(other)).toMatchObject({ isAllowed: false, violated: ["monthly"] });
    expect(await limiter.peek({ ...other, quotas: [] })).toMatchObject({
      standings: [{ remaining: 8 }, { remaining: 3 }],
    });
  });

  it("admit a request exactly if the definition of each admits it, on any schedule", () => {
    fc.assert(
      fc.property(anySchedule(), anySchedule(), fc.integer({ min: 1, max: 3 }), (one, other, keys) => {
        const ticks = heldTicks();
        const { limiter } = aLimiter({ ticks });
        const shared: Limit = { name: "shared", per: "client", ...other.rate };
        const own: Limit = { name: "own", per: "key", ...one.rate };
        const history = { shared: [] as [number, number][], own: new Map<string, [number, number][]>() };
        one.schedule.forEach(([at, units], index) => {
          const cost = Math.min(units, shared.burst, own.burst);
          ticks.advance(at - ticks.now());
          const keyId = `k${index % keys}`;
          const limits = [
            { limit: own, id: keyId },
            { limit: shared, id: "acme" },
          ];
          const mine = history.own.get(keyId) ?? [];
          const wanted: [number, number] = [at, cost];
          const isExpected = [
            admitted(own, [...mine, wanted]).at(-1),
            admitted(shared, [...history.shared, wanted]).at(-1),
          ].every(Boolean);
          expect(nowOf(limiter.take(charge({ cost, limits }))).isAllowed).toBe(isExpected);
          if (!isExpected) return;
          history.shared.push(wanted);
          history.own.set(keyId, [...mine, wanted]);
        });
      }),
      { numRuns: runs(300) },
    );
  });
});

describe("a quota", () => {
  it("outlasts the process", async () => {
    const store = aQuotaStore();
    const first = aLimiter({ store });
    for (let count = 0; count < 12; count++) await first.limiter.take(charge({ limits: [], quotas: [MONTHLY] }));
    await first.ledger.flush(NOON);
    const second = aLimiter({ store });
    expect(await second.limiter.take(charge({ limits: [], quotas: [MONTHLY] }))).toMatchObject({
      isAllowed: false,
      violated: ["monthly"],
      waitMs: DECEMBER - NOON,
    });
  });

  it("is exact for concurrent requests before it was loaded", async () => {
    const { limiter } = aLimiter();
    const wanted = charge({ limits: [], quotas: [MONTHLY] });
    const verdicts = await Promise.all(Array.from({ length: 500 }, async () => limiter.take(wanted)));
    expect(verdicts.filter(({ isAllowed }) => isAllowed)).toHaveLength(12);
  });

  it("starts over with the month, to the millisecond", async () => {
    const clock = aHeldClock(DECEMBER - 1);
    const { limiter } = aLimiter({ clock });
    const wanted = charge({ limits: [], quotas: [MONTHLY], cost: 12 });
    expect((await limiter.take(wanted)).isAllowed).toBe(true);
    expect(await limiter.take(wanted)).toMatchObject({ isAllowed: false, waitMs: 1 });
    clock.moveTo(DECEMBER);
    expect((await limiter.take(wanted)).isAllowed).toBe(true);
  });

  it("gets units back in the month that they were taken from", async () => {
    const clock = aHeldClock(DECEMBER - 1);
    const { limiter } = aLimiter({ clock });
    const wanted = charge({ limits: [], quotas: [MONTHLY], cost: 5 });
    const verdict = await limiter.take(wanted);
    clock.moveTo(DECEMBER);
    await limiter.take(wanted);
    verdict.refund();
    expect((await limiter.peek(wanted)).used).toEqual([5]);
  });

  it("that is soft refuses nothing, but reports when it is used up", async () => {
    const { limiter } = aLimiter();
    const wanted = charge({ limits: [], quotas: [SOFT] });
    await limiter.take(wanted);
    expect(await limiter.take(wanted)).toMatchObject({ isAllowed: true, exceeded: [], standings: [] });
    expect(await limiter.take(wanted)).toMatchObject({ isAllowed: true, exceeded: [{ quota: SOFT, used: 3 }] });
  });

  it("that cannot be loaded admits no request", async () => {
    const store = { ...aQuotaStore(), read: async () => Promise.reject(new Error("down")) };
    const { limiter } = aLimiter({ store });
    await expect(async () => limiter.take(charge({ limits: [], quotas: [MONTHLY] }))).rejects.toThrow("down");
  });
});
