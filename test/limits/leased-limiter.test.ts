import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createLeaseServer, type LeaseServer } from "../../src/limits/lease-server.ts";
import { createLeasedLimiter, HOLD_MS } from "../../src/limits/leased-limiter.ts";
import type { Limit, Quota } from "../../src/limits/limit.ts";
import type { Charge } from "../../src/limits/limiter.ts";
import { aHeldClock } from "../support/builders.ts";
import { aLimiter, heldTicks } from "../support/limits.ts";
import { runs } from "../support/runs.ts";

const TEN: Limit = { name: "ten", per: "client", requests: 10, windowSeconds: 60, burst: 10 };
const MANY: Limit = { name: "many", per: "client", requests: 60_000, windowSeconds: 60, burst: 10_000 };
const DAILY: Quota = { name: "daily", requests: 12, period: "day", isHard: true };
const SOFT: Quota = { name: "soft", requests: 3, period: "day", isHard: false };

function chargeOf(limits: readonly Limit[], quotas: readonly Quota[] = [], cost = 1): Charge {
  return { cost, limits: limits.map((limit) => ({ limit, id: "acme" })), quotas, clientId: "acme" };
}

const PER_ADDRESS: Limit = { name: "perAddress", per: "address", requests: 10, windowSeconds: 60, burst: 180 };

function fromAddress(id: string): Charge {
  return { cost: 1, limits: [{ limit: PER_ADDRESS, id }], quotas: [], clientId: "" };
}

/** Processes with one lease server, which replies only in a later turn of the event loop, as over a connection. */
function aCluster(processes = 2) {
  const [ticks, clock] = [heldTicks(), aHeldClock()];
  const { limiter } = aLimiter({ ticks, clock });
  const server = createLeaseServer(limiter, clock, processes);
  let requests = 0;
  const remote: LeaseServer = {
    grant: async (request) => {
      requests++;
      await nextTurn();
      // Messages arrive as copies.
      return structuredClone(await server.grant(structuredClone(request)));
    },
    peek: async (charge) => server.peek(structuredClone(charge)),
    refund: (charge, ...rest) => server.refund(structuredClone(charge), ...rest),
  };
  const workers = Array.from({ length: processes }, () => createLeasedLimiter(remote, ticks));
  return { workers, ticks, server, requests: () => requests };
}

type Worker = ReturnType<typeof aCluster>["workers"][number];

/** How many of `count` concurrent requests are admitted. */
async function admittedOf(count: number, worker: Worker | undefined, charge: Charge): Promise<number> {
  const verdicts = await Promise.all(Array.from({ length: count }, () => worker?.take(charge)));
  return verdicts.filter((verdict) => verdict?.isAllowed).length;
}

function sumFrom(taken: readonly { readonly at: number; readonly units: number }[], from: number): number {
  return taken.reduce((sum, { at, units }) => sum + (at >= from ? units : 0), 0);
}

describe("several processes together", () => {
  it("admit exactly as much as one, under load on all of them", async () => {
    const { workers } = aCluster(4);
    const admitted = await Promise.all(workers.map((worker) => admittedOf(50, worker, chargeOf([TEN]))));
    expect(admitted.reduce((sum, one) => sum + one)).toBe(10);
  });

  it("admit exactly as much as one, when requests alternate between them", async () => {
    const { workers } = aCluster(2);
    const charges = workers.map(() => chargeOf([TEN], [DAILY]));
    let admitted = 0;
    for (let count = 0; count < 40; count++) {
      const at = count % 2;
      if ((await workers[at]?.take(charges[at] as Charge))?.isAllowed) admitted++;
    }
    expect(admitted).toBe(10);
  });

  it("never admit more than documented, whatever the times and processes of requests", async () => {
    const step = fc.record({ worker: fc.nat(2), count: fc.integer({ min: 1, max: 8 }), passedMs: fc.nat(3_000) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 3 }), async (steps, cost) => {
        const { workers, ticks } = aCluster(3);
        const limit: Limit = { name: "some", per: "client", requests: 60, windowSeconds: 60, burst: 9 };
        const charges = workers.map(() => chargeOf([limit], [], cost));
        const taken: { readonly at: number; readonly units: number }[] = [];
        for (const { worker, count, passedMs } of steps) {
          ticks.advance(passedMs);
          for (const one of workers) one.returnUnused();
          const units = cost * (await admittedOf(count, workers[worker], charges[worker] as Charge));
          taken.push({ at: ticks.now(), units });
          // In total at most what one process would admit; in each span, plus what may have been on lease before it.
          expect(sumFrom(taken, 0)).toBeLessThanOrEqual(9 + ticks.now() / 1_000);
          for (const { at } of taken) {
            expect(sumFrom(taken, at)).toBeLessThanOrEqual(9 + (ticks.now() - at + HOLD_MS) / 1_000);
          }
        }
      }),
      { numRuns: runs(300) },
    );
  });

  it("count a hard quota exactly", async () => {
    const { workers } = aCluster(3);
    const admitted = await Promise.all(workers.map((worker) => admittedOf(20, worker, chargeOf([MANY], [DAILY]))));
    expect(admitted.reduce((sum, one) => sum + one)).toBe(12);
  });

  it("admit exactly as many requests without a key as one, though each has a charge object of its own", async () => {
    const { workers, requests } = aCluster(2);
    const admitted = await Promise.all(
      Array.from(
        { length: 1_000 },
        async (_, at) => (await workers[at % 2]?.take(fromAddress("192.0.2.1")))?.isAllowed,
      ),
    );
    expect(admitted.filter(Boolean)).toHaveLength(180);
    // One lease request per request would be a thousand.
    expect(requests()).toBeLessThan(100);
  });

  it("admit exactly as many requests without a key as one, when they come one by one", async () => {
    const { workers } = aCluster(2);
    let admitted = 0;
    for (let count = 0; count < 300; count++) {
      if ((await workers[count % 2]?.take(fromAddress("192.0.2.1")))?.isAllowed) admitted++;
    }
    expect(admitted).toBe(180);
  });

  it("admit exactly as much as one, when many keys share a limit", async () => {
    const { workers } = aCluster(2);
    const shared: Limit = { ...TEN, name: "shared", burst: 180 };
    const ofKey = (key: number): Charge => ({
      ...chargeOf([shared]),
      limits: [
        { limit: shared, id: "acme" },
        { limit: MANY, id: `key${key}` },
      ],
    });
    const charges = Array.from({ length: 300 }, (_, key) => ofKey(key));
    const admitted = await Promise.all(
      charges.map(async (charge, at) => (await workers[at % 2]?.take(charge))?.isAllowed),
    );
    expect(admitted.filter(Boolean)).toHaveLength(180);
  });

  it("report which limit refuses, and when to retry", async () => {
    const { workers } = aCluster();
    await admittedOf(10, workers[0], chargeOf([TEN, MANY]));
    expect(await workers[1]?.take(chargeOf([TEN, MANY]))).toMatchObject({
      isAllowed: false,
      violated: ["ten"],
      waitMs: 6_000,
      standings: [{ name: "ten", remaining: 0 }, { name: "many" }],
    });
  });
});

describe("a lease", () => {
  it("is used without further lease requests", async () => {
    const { workers, requests } = aCluster();
    const charge = chargeOf([MANY]);
    for (let count = 0; count < 1_000; count++) expect((await workers[0]?.take(charge))?.isAllowed).toBe(true);
    expect(requests()).toBeLessThan(5);
  });

  it("shrinks with what remains, down to single units", async () => {
    const { workers, requests } = aCluster();
    const charge = chargeOf([TEN]);
    for (let count = 0; count < 10; count++) await workers[0]?.take(charge);
    expect(requests()).toBeGreaterThan(7);
  });

  it("is returned when it is not used for a while, so that other processes can use the units", async () => {
    const { workers, ticks } = aCluster();
    const wide: Limit = { ...TEN, requests: 1, windowSeconds: 86_400, burst: 100 };
    const [charge, other] = [chargeOf([wide]), chargeOf([wide])];
    expect(await admittedOf(2, workers[0], charge)).toBe(2);
    const early = await admittedOf(200, workers[1], other);
    expect(early).toBeGreaterThan(74);
    expect(early).toBeLessThan(98);
    ticks.advance(HOLD_MS);
    for (const worker of workers) worker.returnUnused();
    expect(early + (await admittedOf(200, workers[1], other))).toBe(98);
  });

  it("is not used after it has ended, even if it was not returned yet", async () => {
    const { workers, ticks, requests } = aCluster();
    const charge = chargeOf([MANY]);
    await admittedOf(2, workers[0], charge);
    const before = requests();
    await workers[0]?.take(charge);
    expect(requests()).toBe(before);
    ticks.advance(HOLD_MS);
    await workers[0]?.take(charge);
    expect(requests()).toBe(before + 1);
  });

  it("is returned completely at the end", async () => {
    const { workers, server } = aCluster();
    await workers[0]?.take(chargeOf([MANY], [DAILY]));
    workers[0]?.returnUnused(true);
    expect(workers[0]?.size()).toBe(0);
    expect((await server.peek(chargeOf([MANY], [DAILY]))).used).toEqual([1]);
  });

  it("is not kept in memory for addresses that stopped calling", async () => {
    const { workers, ticks } = aCluster();
    const [worker] = workers;
    for (let count = 0; count < 50; count++) await worker?.take(fromAddress(`192.0.2.${count}`));
    ticks.advance(HOLD_MS);
    worker?.returnUnused();
    expect(worker?.size()).toBe(0);
  });

  it("counts as remaining for the process that holds it", async () => {
    const { workers } = aCluster();
    const charge = chargeOf([MANY]);
    const remaining = async () => (await workers[0]?.take(charge))?.standings[0]?.remaining;
    expect([await remaining(), await remaining(), await remaining()]).toEqual([9_999, 9_998, 9_997]);
  });
});

describe("a request", () => {
  it("that fails through no fault of the client gets its units back", async () => {
    const { workers, server } = aCluster();
    (await workers[0]?.take(chargeOf([TEN])))?.refund();
    workers[0]?.returnUnused(true);
    expect((await server.peek(chargeOf([TEN]))).standings[0]?.remaining).toBe(10);
  });

  it("that costs more than the burst is admitted if nothing else was taken", async () => {
    const { workers } = aCluster();
    expect((await workers[0]?.take(chargeOf([TEN], [], 11)))?.isAllowed).toBe(true);
    expect((await workers[1]?.take(chargeOf([TEN], [], 11)))?.isAllowed).toBe(false);
  });

  it("that costs nothing is never refused, and reports where the limits stand", async () => {
    const { workers } = aCluster();
    await admittedOf(10, workers[0], chargeOf([TEN]));
    const verdict = await workers[1]?.take(chargeOf([TEN], [], 0));
    expect(verdict).toMatchObject({ isAllowed: true, standings: [{ remaining: 0 }] });
  });

  it("past a soft quota is admitted, and reported from the first one on", async () => {
    const { workers } = aCluster();
    const charge = chargeOf([MANY], [SOFT]);
    const exceeded: number[] = [];
    for (let count = 0; count < 5; count++) exceeded.push((await workers[0]?.take(charge))?.exceeded[0]?.used ?? 0);
    expect(exceeded).toEqual([0, 0, 0, 4, 5]);
  });

  it("fails without a lease server, and the next one tries again", async () => {
    const { workers } = aCluster();
    let isOut = true;
    const { server } = aCluster();
    const broken: LeaseServer = {
      ...server,
      grant: (request) => (isOut ? Promise.reject(new Error("gone")) : server.grant(request)),
    };
    const worker = createLeasedLimiter(broken, heldTicks());
    const charge = chargeOf([TEN]);
    await expect(worker.take(charge)).rejects.toThrow("gone");
    isOut = false;
    expect((await worker.take(charge)).isAllowed).toBe(true);
    expect(workers).toHaveLength(2);
  });
});
