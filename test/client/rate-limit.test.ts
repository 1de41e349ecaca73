import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { standingsOf } from "../../packages/client/src/rate-limit.ts";
import type { Charge } from "../../src/limits/limiter.ts";
import { aHeldClock, NOON } from "../support/builders.ts";
import { aLimiter, heldTicks, limitHeadersOf } from "../support/limits.ts";

const of = (RateLimit: string, policy?: string) =>
  standingsOf(new Headers({ RateLimit, ...(policy !== undefined && { "RateLimit-Policy": policy }) }));

describe("the limits in a response", () => {
  it("is read with the pace of each", () => {
    expect(
      of(
        '"perKey";r=19;t=1, "monthly";r=0;t=432000',
        '"perKey";q=60;w=120;latchkey-burst=20, "monthly";q=10000;w=2592000',
      ),
    ).toEqual([
      { name: "perKey", remaining: 19, resetMs: 1_000, unitMs: 2_000, burst: 20 },
      { name: "monthly", remaining: 0, resetMs: 432_000_000, unitMs: 259_200, burst: 10_000 },
    ]);
  });

  it("is read as the service writes it, whatever it is", async () => {
    const number = fc.integer({ min: 1, max: 1_000 });
    const anyLimit = fc.record({
      name: fc.stringMatching(/^[A-Za-z][0-9A-Za-z_-]{0,63}$/),
      per: fc.constant("key" as const),
      requests: number,
      windowSeconds: number,
      burst: number,
    });
    const [ticks, clock] = [heldTicks(), aHeldClock(NOON)];
    const { limiter } = aLimiter({ ticks, clock });
    await fc.assert(
      fc.asyncProperty(anyLimit, async (limit) => {
        const charge: Charge = { cost: 1, limits: [{ limit, id: "acme" }], quotas: [], clientId: "acme" };
        const verdict = await limiter.take(charge);
        const [standing] = verdict.standings;
        const [read] = standingsOf(new Headers(limitHeadersOf(charge, verdict, NOON)));
        expect(read).toMatchObject({ remaining: standing?.remaining, burst: limit.burst });
        expect(read?.unitMs).toBeCloseTo((limit.windowSeconds * 1000) / limit.requests);
        // If something is left, `t` is the time until everything is available again; no call waits for that.
        if (read?.remaining === 0) expect(read.resetMs).toBeGreaterThanOrEqual(standing?.resetMs ?? Number.NaN);
      }),
    );
  });

  it("is a unit's time where `t` only rounds that up to a second", () => {
    const quick = (seconds: number) => of(`"x";r=0;t=${seconds}`, '"x";q=100;w=1;latchkey-burst=5')[0]?.resetMs;
    expect([quick(1), quick(2)]).toEqual([11, 2_000]);
    expect(of('"x";r=0;t=1', '"x";q=100;w=1')[0]?.resetMs).toBe(1_000);
  });

  it("is taken as it is where no policy says more", () => {
    expect(of('"x";r=3;t=10')).toEqual([{ name: "x", remaining: 3, resetMs: 10_000, unitMs: 10_000, burst: 3 }]);
    expect(of('"x";r=0')).toEqual([{ name: "x", remaining: 0, resetMs: 1_000, unitMs: 1_000, burst: 1 }]);
    expect(of('"x"; r=1; pk=:YWJj:; t=2')).toMatchObject([{ remaining: 1, resetMs: 2_000 }]);
  });

  it.each([
    ["limit=100, remaining=50, reset=5"],
    ["100;w=60"],
    ['"x";r=-1;t=1'],
    ['"x";r=1.5'],
    ['"x";r="1"'],
    ['"x";r=99999999999999999999'],
    ['"x'],
    ["\\\\\\\\"],
    [""],
  ])("ignores an invalid field: %s", (field) => expect(of(field)).toEqual([]));

  it("has a pace even where a policy is nonsense", () => {
    expect(of('"x";r=0;t=0', '"x";q=0;w=0')[0]?.unitMs).toBeGreaterThan(0);
    expect(of('"x";r=0;t=5', '"x";q=0;w=60')[0]).toMatchObject({ unitMs: 5_000 });
  });

  it("is read in a time that follows its length", () => {
    const long = `${'"\\'.repeat(20_000)}${";r=1".repeat(20_000)}`;
    expect(() => of(long)).not.toThrow();
  });
});
