import { describe, expect, it } from "@jest/globals";
import { describeEnd, toRelative } from "../../../src/cli/terminal/relative-time.ts";
import { DAY_MS, NOON, SECOND_MS } from "../../support/builders.ts";

describe("a relative time", () => {
  it.each([
    [0, "just now"],
    [59 * SECOND_MS, "within a minute"],
    [-59 * SECOND_MS, "just now"],
    [60 * SECOND_MS, "in 1 min"],
    [-90 * SECOND_MS, "1 min ago"],
    [3600 * SECOND_MS, "in 1 h"],
    [-DAY_MS, "24 h ago"],
    [2 * DAY_MS - 1, "in 47 h"],
    [2 * DAY_MS, "in 2 days"],
    [-59 * DAY_MS, "59 days ago"],
    [90 * DAY_MS, "in 3 months"],
    [-800 * DAY_MS, "2 years ago"],
  ])("of %d ms is %s", (distance, words) => {
    expect(toRelative(NOON + distance, NOON)).toBe(words);
  });
});

describe("the end of something in a sentence", () => {
  it("at midnight is the end of the day before", () => {
    const end = Date.parse("2027-02-01T00:00:00Z");
    expect(describeEnd(end, end - 40 * DAY_MS)).toBe("at the end of 2027-01-31 (UTC), in 40 days");
  });

  it("at another time is that time", () => {
    expect(describeEnd(NOON, NOON - 2 * DAY_MS)).toBe("at 2026-11-24T12:00:00.000Z, in 2 days");
  });
});
