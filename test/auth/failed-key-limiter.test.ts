import { describe, expect, it } from "@jest/globals";
import { createFailedKeyLimiter } from "../../src/auth/failed-key-limiter.ts";
import { heldTicks } from "../support/limits.ts";

const failures = (failedKeys: ReturnType<typeof createFailedKeyLimiter>, address: string, count: number) =>
  Array.from({ length: count }, () => failedKeys.countFailure(address));

describe("failed keys", () => {
  it("are admitted up to the limit, and again after a while", () => {
    const ticks = heldTicks();
    const failedKeys = createFailedKeyLimiter({ ticks, perMinute: 20 });
    expect(failures(failedKeys, "192.0.2.1", 20)).toEqual(Array(20).fill(0));
    expect(failedKeys.countFailure("192.0.2.1")).toBe(3_000);
    ticks.advance(3_000);
    expect(failures(failedKeys, "192.0.2.1", 2)).toEqual([0, 3_000]);
  });

  it.each([
    ["192.0.2.1", "192.0.2.2", false],
    ["2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", true],
    ["2001:db8:0:1::1", "2001:db8:0:1:8000::", true],
    ["2001:db8:0:1::1", "2001:db8:0:2::1", false],
    ["unknown", "192.0.2.1", false],
  ])("from %s count for %s: %s", (one, other, isSame) => {
    const failedKeys = createFailedKeyLimiter({ ticks: heldTicks(), perMinute: 1 });
    failedKeys.countFailure(one);
    expect(failedKeys.countFailure(other) > 0).toBe(isSame);
  });

  it("are not limited if the limit is 0", () => {
    const failedKeys = createFailedKeyLimiter({ ticks: heldTicks(), perMinute: 0 });
    expect(failures(failedKeys, "192.0.2.1", 1_000).every((wait) => wait === 0)).toBe(true);
  });

  it("are remembered for a maximum number of addresses", () => {
    const failedKeys = createFailedKeyLimiter({ ticks: heldTicks(), perMinute: 1 }, 2);
    for (const address of ["192.0.2.1", "192.0.2.2", "192.0.2.3"]) failedKeys.countFailure(address);
    expect(["192.0.2.1", "192.0.2.3"].map((address) => failedKeys.countFailure(address) > 0)).toEqual([false, true]);
  });
});
