import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { checkOptions } from "../../packages/client/src/options.ts";
import { createPace } from "../../packages/client/src/pace.ts";
import type { Limit } from "../../src/limits/limit.ts";
import type { Charge } from "../../src/limits/limiter.ts";
import { aHeldClock, NOON } from "../support/builders.ts";
import { aLimiter, limitHeadersOf } from "../support/limits.ts";
import { simulatedTime } from "../support/model/simulated-time.ts";
import { SOME_KEY } from "../support/programs/own-client.ts";
import { runs } from "../support/runs.ts";

const { signal } = new AbortController();
const OPTIONS = { baseUrl: "https://api.example.com", key: SOME_KEY, random: () => 0 };

function aPace(longestWaitMs = 60_000) {
  const time = simulatedTime();
  const pace = createPace(checkOptions({ ...OPTIONS, longestWaitMs, clock: time.clock }));
  /** Makes a call that gets its response at once. @returns how long it waited. */
  const call = async (operation: string, headers: Record<string, string> = {}, status = 200) => {
    const before = time.clock.now();
    const land = await time.during(pace.turn(operation, signal));
    land(new Response(null, { status, headers }));
    return time.clock.now() - before;
  };
  return { ...time, pace, call };
}

const POLICY = { "RateLimit-Policy": '"perKey";q=60;w=60;latchkey-burst=20' };
const left = (units: number, seconds: number) => ({ ...POLICY, RateLimit: `"perKey";r=${units};t=${seconds}` });

const anyLimit = (name: string): fc.Arbitrary<Limit> =>
  fc.record({
    name: fc.constant(name),
    per: fc.constant("key" as const),
    requests: fc.integer({ min: 1, max: 200 }),
    windowSeconds: fc.integer({ min: 1, max: 60 }),
    burst: fc.integer({ min: 1, max: 30 }),
  });

/** Many concurrent calls against the service's own limiter. Responses overtake each other. */
async function callOften(limits: readonly Limit[], calls: number, answerMs: readonly number[]) {
  const { clock, during } = simulatedTime();
  const longestWaitMs = 86_400_000;
  const pace = createPace(checkOptions({ ...OPTIONS, longestWaitMs, clock }));
  const { limiter } = aLimiter({
    ticks: { now: () => Math.floor(clock.now()), advance: () => {} },
    clock: aHeldClock(NOON),
  });
  const charge: Charge = {
    cost: 1,
    limits: limits.map((limit) => ({ limit, id: "acme" })),
    quotas: [],
    clientId: "acme",
  };
  const verdicts: boolean[] = [];
  const call = async (index: number) => {
    const land = await pace.turn("GET /data", signal);
    const verdict = await limiter.take(charge);
    verdicts.push(verdict.isAllowed);
    const answer = new Response(null, { headers: limitHeadersOf(charge, verdict, NOON) });
    await clock.wait(answerMs[index % answerMs.length] ?? 0, signal);
    land(answer);
  };
  await during(call(0));
  await during(Promise.all(Array.from({ length: calls }, (_, index) => call(index))));
  return { refused: verdicts.filter((isAllowed) => !isAllowed).length, made: verdicts.length };
}

describe("the pace of calls", () => {
  it("never has a call refused if the key is not shared, however many calls run at a time", async () => {
    const answerMs = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(anyLimit("first"), anyLimit("second"), answerMs, async (first, second, delays) => {
        expect(await callOften([first, second], 30, delays)).toEqual({ refused: 0, made: 31 });
      }),
      { numRuns: runs(30) },
    );
  });

  it("is as quick as it may be while something is left", async () => {
    const { call } = aPace();
    expect(await call("GET /data")).toBe(0);
    expect(await call("GET /data", left(2, 18))).toBe(0);
    expect(await call("GET /data", left(1, 19))).toBe(0);
    expect(await call("GET /data", left(0, 1))).toBe(0);
  });

  it("waits as long as the response says when nothing is left, and after that for each unit", async () => {
    const { pace, call, during, clock } = aPace();
    await call("GET /data", left(0, 7));
    const before = clock.now();
    const turns = [1, 2, 3].map(async () => {
      await pace.turn("GET /data", signal);
      return clock.now() - before;
    });
    expect(await during(Promise.all(turns))).toEqual([7_000, 8_000, 9_000]);
  });

  it("counts calls in flight, because `r` may not include them", async () => {
    const { pace, call, during, clock } = aPace();
    await call("GET /data", left(4, 16));
    const lands = [await pace.turn("GET /data", signal), await pace.turn("GET /data", signal)];
    lands[0]?.(new Response(null, { headers: left(2, 18) }));
    await pace.turn("GET /data", signal);
    const before = clock.now();
    await during(pace.turn("GET /data", signal));
    expect(clock.now() - before).toBe(1_000);
  });

  it("forgets a call that ended without a response", async () => {
    const { pace, call } = aPace();
    await call("GET /data", left(5, 15));
    (await pace.turn("GET /data", signal))();
    await call("GET /data", left(1, 19));
    expect(await call("GET /data")).toBe(0);
  });

  it("holds up no operation for a limit of another, and all operations for one that they share", async () => {
    const { call } = aPace();
    const searches = { RateLimit: '"searches";r=0;t=9, "perKey";r=5;t=15' };
    await call("GET /data", left(6, 14));
    await call("GET /search", { ...POLICY, ...searches });
    expect(await call("GET /data", left(0, 4))).toBe(0);
    expect(await call("GET /search")).toBe(9_000);

    const other = aPace();
    await other.call("GET /search", left(3, 17));
    await other.call("GET /data", left(0, 4));
    expect(await other.call("GET /search")).toBe(4_000);
  });

  it("holds up an operation that was refused until the time that Retry-After says", async () => {
    const { call } = aPace();
    await call("GET /dear", { ...left(3, 17), "Retry-After": "5" }, 429);
    expect(await call("GET /data")).toBe(0);
    expect(await call("GET /dear")).toBe(5_000);
    expect(await call("GET /dear")).toBeLessThan(5);
  });

  it("does not wait for what would take longer than the longest wait: the service says how that stands", async () => {
    const { call, waits } = aPace(10_000);
    await call("GET /data", { RateLimit: '"monthly";r=0;t=11', "RateLimit-Policy": '"monthly";q=10000;w=2592000' });
    expect(await call("GET /data")).toBe(0);
    expect(waits).toEqual([]);
  });

  it("never assumes that more is left than the burst", async () => {
    const { call, pace, pass, during, clock } = aPace();
    await call("GET /data", { RateLimit: '"x";r=1;t=1', "RateLimit-Policy": '"x";q=60;w=60;latchkey-burst=2' });
    pass(3_600_000);
    for (let count = 0; count < 2; count++) await pace.turn("GET /data", signal);
    const before = clock.now();
    await during(pace.turn("GET /data", signal));
    expect(clock.now()).toBeGreaterThan(before);
  });

  it("starts counting when a full bucket is taken from", async () => {
    const { call, pace, pass, during, clock } = aPace();
    await call("GET /data", { RateLimit: '"x";r=1;t=1', "RateLimit-Policy": '"x";q=60;w=60;latchkey-burst=1' });
    pass(1_500);
    await pace.turn("GET /data", signal);
    const before = clock.now();
    await during(pace.turn("GET /data", signal));
    expect(clock.now() - before).toBe(1_000);
  });

  it("counts no calls under way that other limits are for", async () => {
    const { call, pace } = aPace();
    await call("GET /search", { RateLimit: '"searches";r=5;t=9' });
    await pace.turn("GET /search", signal);
    await call("GET /data", left(1, 19));
    expect(await call("GET /data")).toBe(0);
  });

  it("trusts a response that no later call has overtaken, even if more is left than estimated", async () => {
    const { call } = aPace();
    await call("GET /data", left(1, 19));
    await call("GET /data", left(3, 17));
    for (let count = 0; count < 3; count++) expect(await call("GET /data")).toBe(0);
    expect(await call("GET /data")).toBe(1_000);
  });

  it("lets an overtaken response only lower the estimate", async () => {
    const { call, pace, during, pass, clock } = aPace();
    await call("GET /data", left(1, 19));
    const land = await pace.turn("GET /data", signal);
    await during(pace.turn("GET /data", signal));
    pass(500);
    land(new Response(null, { headers: left(19, 1) }));
    const before = clock.now();
    await during(pace.turn("GET /data", signal));
    expect(clock.now() - before).toBe(500);
  });

  it("scatters the ends of waits, so that those who share a key do not all come back at once", async () => {
    const time = simulatedTime();
    const pace = createPace(checkOptions({ ...OPTIONS, clock: time.clock, random: () => 0.5 }));
    const land = await pace.turn("GET /data", signal);
    land(new Response(null, { headers: left(0, 10) }));
    await time.during(pace.turn("GET /data", signal));
    expect(time.waits).toEqual([10_500]);
  });

  it("ends a wait as soon as its call is aborted", async () => {
    const { call, pace } = aPace();
    await call("GET /data", left(0, 30));
    const controller = new AbortController();
    const turn = pace.turn("GET /data", controller.signal);
    controller.abort(new Error("enough"));
    await expect(turn).rejects.toThrow("enough");
  });
});
