import { describe, expect, it } from "@jest/globals";
import { toBar, toSparkline } from "../../../src/cli/terminal/bars.ts";

describe("a bar", () => {
  it.each([
    [0, 10, ""],
    [10, 10, "█".repeat(30)],
    [5, 10, "█".repeat(15)],
    [1, 240, "▏"],
    [1, 0, ""],
  ])("of %d of %d is %j", (value, most, bar) => {
    expect(toBar(value, most)).toBe(bar);
  });
});

describe("a sparkline", () => {
  it.each([
    [[], ""],
    [[0, 1, 4, 8], " ▁▄█"],
    [[0, 0], "  "],
  ])("of %j is %j", (values, line) => {
    expect(toSparkline(values)).toBe(line);
  });

  it("adds up what does not fit", () => {
    expect(toSparkline([1, 1, 0, 0, 4, 4], 3)).toBe("▂ █");
  });
});
