import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { CONFIRM_MS, OFF_MS, SETTLE_MS, TOLERANCE_MS } from "../../../src/lib/time/clock-offset.ts";
import { createGuardedClock, type Disagreement } from "../../../src/lib/time/guarded-clock.ts";
import { DAY_MS, NOON } from "../../support/builders.ts";

const HOUR_MS = 3_600_000;

/** Both clocks of a machine, and the guarded clock that is based on them. */
function aMachine({ startsAt = NOON, seenAt = 0 } = {}) {
  const world = { wall: startsAt, ticks: 5_000 };
  const told: Disagreement[] = [];
  const clock = createGuardedClock({
    wall: { now: () => world.wall },
    ticks: { now: () => world.ticks },
    seenAt,
    onDisagreement: (disagreement) => told.push(disagreement),
  });
  /** Lets time pass, and reads the clock a few times. */
  const pass = (ms: number) => {
    for (let step = 0; step < 4; step++) {
      world.wall += ms / 4;
      world.ticks += ms / 4;
      clock.now();
    }
  };
  const set = (byMs: number) => {
    world.wall += byMs;
  };
  return { world, clock, told, pass, set };
}

describe("a guarded clock", () => {
  it("shows the wall clock while nothing contradicts it", () => {
    const { world, clock, told, pass } = aMachine();
    for (const ms of [0, 4, HOUR_MS, 40 * DAY_MS]) {
      pass(ms);
      expect(clock.now()).toBe(world.wall);
    }
    expect(clock.isSettled()).toBe(true);
    expect(told).toEqual([]);
  });

  it("follows small adjustments, and never runs backwards", () => {
    const { world, clock, told, pass, set } = aMachine();
    set(TOLERANCE_MS);
    expect(clock.now()).toBe(NOON + TOLERANCE_MS);
    set(-TOLERANCE_MS);
    expect(clock.now()).toBe(NOON + TOLERANCE_MS);
    pass(TOLERANCE_MS);
    pass(4);
    expect(clock.now()).toBe(world.wall);
    expect(told).toEqual([]);
  });

  it("keeps running while the wall clock is set back", () => {
    const { clock, told, pass, set } = aMachine();
    pass(HOUR_MS);
    set(-HOUR_MS);
    expect(clock.now()).toBe(NOON + HOUR_MS);
    pass(DAY_MS);
    expect(clock.now()).toBe(NOON + HOUR_MS + DAY_MS);
    expect(clock.isSettled()).toBe(false);
    expect(told).toEqual([{ aheadMs: -HOUR_MS, wall: NOON, believed: NOON + HOUR_MS }]);
    set(HOUR_MS);
    expect(clock.isSettled()).toBe(true);
  });

  it("does not follow a jump forward by 45 days that lasts eight seconds", () => {
    const { clock, told, pass, set } = aMachine();
    set(45 * DAY_MS);
    expect(clock.isSettled()).toBe(false);
    pass(8_000);
    expect(clock.now()).toBe(NOON + 8_000);
    set(-45 * DAY_MS);
    expect(clock.now()).toBe(NOON + 8_000);
    expect(clock.isSettled()).toBe(true);
    expect(told).toEqual([{ aheadMs: 45 * DAY_MS, wall: NOON + 45 * DAY_MS, believed: NOON }]);
  });

  it("follows a jump forward that lasts, as after a suspend, and is not settled for an hour", () => {
    const { world, clock, pass, set } = aMachine();
    set(8 * HOUR_MS);
    clock.now();
    pass(CONFIRM_MS - 4);
    expect(clock.now()).toBe(world.wall - 8 * HOUR_MS);
    pass(4);
    expect(clock.now()).toBe(world.wall);
    expect(clock.isSettled()).toBe(false);
    pass(SETTLE_MS - 4);
    expect(clock.isSettled()).toBe(false);
    pass(4);
    expect(clock.isSettled()).toBe(true);
  });

  it("is right a minute after the wall clock was corrected, if that happened within the hour", () => {
    const { world, clock, pass, set } = aMachine();
    set(45 * DAY_MS);
    clock.now();
    pass(SETTLE_MS - CONFIRM_MS);
    expect(clock.now()).toBe(world.wall);
    set(-45 * DAY_MS);
    clock.now();
    pass(CONFIRM_MS);
    expect(clock.now()).toBe(world.wall);
    expect(clock.isSettled()).toBe(true);
  });

  it("does not follow a clock that jumps back and forth", () => {
    const { clock, pass, set } = aMachine();
    for (let jump = 1; jump <= 20; jump++) {
      set(jump * HOUR_MS);
      pass(CONFIRM_MS / 2);
    }
    expect(clock.now()).toBe(NOON + 20 * (CONFIRM_MS / 2));
  });

  it("does not begin before the latest known instant, and follows the wall clock once it is past it", () => {
    const { world, clock, told, pass, set } = aMachine({ startsAt: 0, seenAt: NOON });
    expect(clock.now()).toBe(NOON);
    expect(told).toEqual([{ aheadMs: -NOON, wall: 0, believed: NOON }]);
    pass(HOUR_MS);
    expect(clock.now()).toBe(NOON + HOUR_MS);
    // Corrected over the network, after the machine has started without a battery.
    set(NOON + 2 * HOUR_MS);
    clock.now();
    pass(CONFIRM_MS);
    expect(clock.now()).toBe(world.wall);
  });

  it("begins settled if the latest known instant is recent", () => {
    const { clock, told } = aMachine({ seenAt: NOON - OFF_MS });
    expect(clock.now()).toBe(NOON);
    expect(clock.isSettled()).toBe(true);
    expect(told).toEqual([]);
  });

  it("believes immediately that the service was off, and is not settled for an hour", () => {
    const { world, clock, told, pass } = aMachine({ seenAt: NOON - 45 * DAY_MS });
    expect(clock.now()).toBe(NOON);
    expect(clock.isSettled()).toBe(false);
    expect(told).toHaveLength(1);
    pass(SETTLE_MS);
    expect(clock.now()).toBe(world.wall);
    expect(clock.isSettled()).toBe(true);
  });

  it("that began with a wrong wall clock is right a minute after its correction", () => {
    const { world, clock, pass, set } = aMachine({ startsAt: NOON + 45 * DAY_MS, seenAt: NOON });
    expect(clock.now()).toBe(NOON + 45 * DAY_MS);
    set(-45 * DAY_MS);
    clock.now();
    pass(CONFIRM_MS);
    expect(clock.now()).toBe(world.wall);
  });

  it("never falls behind the latest known instant plus the time passed since, whatever the wall clock does", () => {
    const actions = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant("set" as const), ms: fc.integer({ min: -90 * DAY_MS, max: 90 * DAY_MS }) }),
        fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 0, max: 4 * HOUR_MS }) }),
      ),
    );
    fc.assert(
      fc.property(actions, (all) => {
        const { world, clock, pass, set } = aMachine({ seenAt: NOON });
        const began = world.ticks;
        for (const { kind, ms } of all) {
          if (kind === "set") set(ms);
          else pass(ms);
          expect(clock.now()).toBeGreaterThanOrEqual(NOON + (world.ticks - began) - TOLERANCE_MS);
        }
      }),
    );
  });
});
