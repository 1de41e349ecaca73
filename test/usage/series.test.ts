import { describe, expect, it } from "@jest/globals";
import { countBuckets, createSeriesSum, startOf } from "../../src/usage/series.ts";
import { NOON } from "../support/builders.ts";

const HOUR_MS = 3_600_000;
const counts = (requests: number) => ({ requests, cost: 1, bytesIn: 2, bytesOut: 3 });

describe("series", () => {
  it("add up points per group, without gaps, in a fixed order", () => {
    const sum = createSeriesSum({ bucket: "hour", from: NOON + 5, to: NOON + 2 * HOUR_MS + 1 });
    const group = { operation: "b" };
    sum.add(group, NOON, counts(1));
    sum.add(group, NOON + 2 * HOUR_MS, counts(4));
    sum.add({ operation: "b" }, NOON, counts(2));
    sum.add({ operation: "a" }, NOON + HOUR_MS, counts(8));
    // Before the first bucket, and after the last one.
    for (const at of [NOON - HOUR_MS, NOON + 3 * HOUR_MS]) sum.add(group, at, counts(100));
    expect(sum.points()).toBe(6);
    const series = sum.toSeries();
    expect(
      series.map(({ group: { operation }, points }) => [operation, points.map(({ requests }) => requests)]),
    ).toEqual([
      ["a", [0, 8, 0]],
      ["b", [3, 0, 4]],
    ]);
    expect(series[1]?.points[0]).toEqual({ at: NOON, requests: 3, cost: 2, bytesIn: 4, bytesOut: 6 });
  });

  it("begin where their first bucket does", () => {
    expect(startOf("day", NOON)).toBe(NOON - 12 * HOUR_MS);
    expect(countBuckets("hour", NOON + 1, NOON + HOUR_MS)).toBe(1);
    expect(countBuckets("hour", NOON + 1, NOON + HOUR_MS + 1)).toBe(2);
    expect(countBuckets("hour", NOON, NOON - 1)).toBe(0);
  });
});
