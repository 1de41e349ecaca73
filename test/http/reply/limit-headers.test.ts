import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { parseList, serializeList } from "structured-headers";
import type { Limit, Quota } from "../../../src/limits/limit.ts";
import type { Charge } from "../../../src/limits/limiter.ts";
import { aHeldClock, NOON } from "../../support/builders.ts";
import { aLimiter, heldTicks, limitHeadersOf } from "../../support/limits.ts";
import { runs } from "../../support/runs.ts";

const anyLimit = (name: string) =>
  fc.record({
    name: fc.constant(name),
    per: fc.constant("client" as const),
    requests: fc.integer({ min: 1, max: 500 }),
    windowSeconds: fc.integer({ min: 1, max: 100 }),
    burst: fc.integer({ min: 1, max: 50 }),
  });

const DAILY: Quota = { name: "daily", requests: 700, period: "day", isHard: true };

/** A client that sends one request after the other, and none while a header says that nothing remains. */
async function obey(limits: readonly Limit[], quotas: readonly Quota[], requests: number, cost = 1) {
  const [ticks, clock] = [heldTicks(), aHeldClock(NOON)];
  const { limiter } = aLimiter({ ticks, clock });
  const charge: Charge = { cost, limits: limits.map((limit) => ({ limit, id: "acme" })), quotas, clientId: "acme" };
  let refused = 0;
  for (let count = 0; count < requests; count++) {
    const verdict = await limiter.take(charge);
    if (!verdict.isAllowed) refused++;
    const { RateLimit = "" } = limitHeadersOf(charge, verdict, clock.now());
    const waits = parseList(RateLimit).map(([, parameters]) =>
      Number(parameters.get("r")) < cost ? Number(parameters.get("t")) : 0,
    );
    const waitMs = Math.max(0, ...waits) * 1000;
    ticks.advance(waitMs);
    clock.moveTo(clock.now() + waitMs);
  }
  return refused;
}

describe("a client that obeys the headers", () => {
  it("is never refused in ten thousand requests", async () => {
    const second: Limit = { name: "second", per: "key", requests: 10, windowSeconds: 1, burst: 3 };
    const minute: Limit = { name: "minute", per: "client", requests: 300, windowSeconds: 60, burst: 40 };
    expect(await obey([second, minute], [DAILY], 10_000)).toBe(0);
  });

  it("is never refused, for any limits", async () => {
    await fc.assert(
      fc.asyncProperty(anyLimit("a"), anyLimit("b"), async (one, other) => {
        expect(await obey([one, other], [], 200)).toBe(0);
      }),
      { numRuns: runs(200) },
    );
  });

  it("is never refused when a request costs more than one unit", async () => {
    const dear: Limit = { name: "dear", per: "key", requests: 10, windowSeconds: 7, burst: 9 };
    expect(await obey([dear], [], 2_000, 4)).toBe(0);
  });
});

describe("the headers", () => {
  it("are left out without limits", async () => {
    const charge: Charge = { cost: 1, limits: [], quotas: [], clientId: "acme" };
    expect(limitHeadersOf(charge, await aLimiter().limiter.take(charge), NOON)).toEqual({});
  });

  it("have the length of the current month", async () => {
    const monthly: Quota = { name: "monthly", requests: 5, period: "month", isHard: true };
    const charge: Charge = { cost: 1, limits: [], quotas: [monthly], clientId: "acme" };
    const headers = limitHeadersOf(charge, await aLimiter().limiter.take(charge), NOON);
    const left = (Date.parse("2026-12-01T00:00:00Z") - NOON) / 1000;
    expect(headers).toEqual({
      "RateLimit-Policy": '"monthly";q=5;w=2592000',
      RateLimit: `"monthly";r=4;t=${left}`,
    });
  });

  it("have the length of the next month in the next month", async () => {
    const monthly: Quota = { name: "monthly", requests: 5, period: "month", isHard: true };
    const charge: Charge = { cost: 1, limits: [], quotas: [monthly], clientId: "acme" };
    const clock = aHeldClock(NOON);
    const { limiter } = aLimiter({ clock });
    const windowAt = async (now: string) => {
      clock.moveTo(Date.parse(now));
      return limitHeadersOf(charge, await limiter.take(charge), clock.now())["RateLimit-Policy"];
    };
    expect(await windowAt("2026-11-30T23:59:59.999Z")).toBe('"monthly";q=5;w=2592000');
    expect(await windowAt("2026-12-01T00:00:00Z")).toBe('"monthly";q=5;w=2678400');
    expect(await windowAt("2027-02-01T00:00:00Z")).toBe('"monthly";q=5;w=2419200');
  });

  it("are serialized as by the library for structured headers, for any limits", async () => {
    await fc.assert(
      fc.asyncProperty(anyLimit("a"), anyLimit("b_-9"), fc.boolean(), async (one, other, isHard) => {
        const limits = [one, other].map((limit) => ({ limit, id: "acme" }));
        const charge: Charge = { cost: 1, limits, quotas: [{ ...DAILY, requests: 1, isHard }], clientId: "acme" };
        const { limiter } = aLimiter();
        await limiter.take({ ...charge, quotas: charge.quotas.map((quota) => ({ ...quota, isHard: false })) });
        const headers = limitHeadersOf(charge, await limiter.take(charge), NOON);
        for (const text of Object.values(headers)) expect(serializeList(parseList(text))).toBe(text);
        const names = ["a", "b_-9", ...(isHard ? ["daily"] : [])];
        const { RateLimit = "", "RateLimit-Policy": policies = "" } = headers;
        for (const text of [RateLimit, policies]) expect(parseList(text).map(([name]) => name)).toEqual(names);
        expect(parseList(policies)[0]?.[1]).toEqual(
          new Map([
            ["q", one.requests],
            ["w", one.windowSeconds],
            ["latchkey-burst", one.burst],
          ]),
        );
      }),
    );
  });
});
