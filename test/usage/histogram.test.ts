import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { bucketOf, type Histogram, merged, quantile } from "../../src/usage/histogram.ts";

const histogramOf = (durations: readonly number[]): Histogram =>
  merged(durations.map((duration) => ({ [bucketOf(duration)]: 1 })));

describe("a histogram", () => {
  it("has quantiles within two percent, from however many parts it was merged", () => {
    const durations = fc.array(fc.double({ min: 0.02, max: 100_000, noNaN: true }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(durations, fc.constantFrom(0.5, 0.95, 0.99), fc.integer({ min: 1, max: 5 }), (all, share, parts) => {
        const pieces = Array.from({ length: parts }, (_, part) =>
          histogramOf(all.filter((_, at) => at % parts === part)),
        );
        const exact = all.toSorted((one, other) => one - other)[Math.max(0, Math.ceil(share * all.length) - 1)] ?? 0;
        const found = quantile(merged(pieces), share) ?? 0;
        expect(Math.abs(found / exact - 1)).toBeLessThan(0.02);
      }),
    );
  });

  it("has no quantile if it is empty, and includes durations beyond its bounds", () => {
    expect(quantile({}, 0.5)).toBeUndefined();
    expect(quantile(histogramOf([0, -1, Number.NaN]), 0.5)).toBeLessThanOrEqual(0.01);
    expect(quantile(histogramOf([1e12]), 0.5)).toBeGreaterThan(1e6);
  });
});
