import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { hasRoom, type Level, levelAt, remainingOf, waitMs, weightOf } from "../../src/limits/gcra.ts";
import { admitted, anySchedule, type Rate } from "../support/model/rate-model.ts";
import { runs } from "../support/runs.ts";

const SIXTY: Rate = { requests: 60, windowSeconds: 60, burst: 10 };

/** Requests units one after the other, and keeps the state of the algorithm. */
function ask(rate: Rate, schedule: readonly (readonly [at: number, cost: number])[]): readonly boolean[] {
  let state: Level = { level: 0, at: 0 };
  return schedule.map(([at, cost]) => {
    const level = levelAt(rate, state, at);
    const isAdmitted = hasRoom(rate, level, cost);
    state = { level: isAdmitted ? level + weightOf(rate, cost) : level, at };
    return isAdmitted;
  });
}

describe("a rate", () => {
  it("admits its burst at once, and then its pace", () => {
    const eleven = Array.from({ length: 11 }, () => [0, 1] as const);
    expect(ask(SIXTY, eleven).filter(Boolean)).toHaveLength(10);
    expect(ask(SIXTY, [...eleven, [999, 1], [1_000, 1], [1_999, 1], [2_000, 1]]).slice(11)).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  it("admits every request at a steady pace below it, for an hour", () => {
    const steady = Array.from({ length: 2_400 }, (_, index) => [index * 1_500, 1] as const);
    expect(ask(SIXTY, steady).every(Boolean)).toBe(true);
  });

  it("admits exactly its pace for an hour, however often it is asked", () => {
    const eager = Array.from({ length: 36_000 }, (_, index) => [index * 100, 1] as const);
    expect(ask(SIXTY, eager).filter(Boolean)).toHaveLength(10 + 3_599);
  });

  it("admits a cost above its burst if nothing else was taken, and charges all of it", () => {
    expect(
      ask(SIXTY, [
        [0, 30],
        [29_999, 1],
        [20_000, 1],
      ]),
    ).toEqual([true, true, true]);
    expect(
      ask(SIXTY, [
        [0, 30],
        [19_999, 1],
        [21_000, 1],
      ]),
    ).toEqual([true, false, true]);
    expect(
      ask(SIXTY, [
        [0, 1],
        [0, 30],
      ]),
    ).toEqual([true, false]);
  });

  it("stands still while time runs backwards", () => {
    expect(
      ask(SIXTY, [
        [5_000, 10],
        [4_000, 1],
        [0, 1],
        [6_000, 1],
      ]),
    ).toEqual([true, false, false, true]);
  });

  it("reports correctly how many units it would admit, and when it would admit more", () => {
    fc.assert(
      fc.property(anySchedule(), fc.integer({ min: 1, max: 20 }), ({ rate, schedule }, cost) => {
        let state: Level = { level: 0, at: 0 };
        for (const [at, units] of schedule) {
          const level = levelAt(rate, state, at);
          state = { level: hasRoom(rate, level, units) ? level + weightOf(rate, units) : level, at };
        }
        const remaining = remainingOf(rate, state.level);
        if (remaining > 0) expect(hasRoom(rate, state.level, remaining)).toBe(true);
        if (remaining + 1 <= rate.burst) expect(hasRoom(rate, state.level, remaining + 1)).toBe(false);
        const wait = waitMs(rate, state.level, cost);
        expect(hasRoom(rate, levelAt(rate, state, state.at + wait), cost)).toBe(true);
        if (wait > 0) expect(hasRoom(rate, levelAt(rate, state, state.at + wait - 1), cost)).toBe(false);
      }),
      { numRuns: runs(2_000) },
    );
  });

  it("admits exactly what its definition admits", () => {
    fc.assert(
      fc.property(anySchedule(), ({ rate, schedule }) => {
        expect(ask(rate, schedule)).toEqual(admitted(rate, schedule));
      }),
      { numRuns: runs(3_000) },
    );
  });

  it("is exact at the largest burst and window that a contract can declare", () => {
    const rate = { requests: 1, windowSeconds: 2_678_400, burst: 1_000_000 };
    // A level plus the units requested on top of it.
    expect(Number.isSafeInteger(2 * weightOf(rate, rate.burst))).toBe(true);
    expect(
      ask(rate, [
        [0, 999_999],
        [1, 1],
        [2, 1],
        [2_678_400_002, 1],
      ]),
    ).toEqual([true, true, false, true]);
  });
});
