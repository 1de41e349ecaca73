import { describe, expect, it } from "@jest/globals";
import { systemClock } from "../../packages/client/src/clock.ts";

const DAY_MS = 86_400_000;

describe("the client's clock", () => {
  it("never runs backwards, and a wait takes its time", async () => {
    const before = systemClock.now();
    await systemClock.wait(20, new AbortController().signal);
    // Timers of Node may be early by a fraction of a millisecond.
    expect(systemClock.now() - before).toBeGreaterThan(18);
  });

  it("ends a wait with the reason of its signal", async () => {
    const controller = new AbortController();
    const wait = systemClock.wait(DAY_MS, controller.signal);
    controller.abort(new Error("enough"));
    await expect(wait).rejects.toThrow("enough");
    await expect(systemClock.wait(DAY_MS, controller.signal)).rejects.toThrow("enough");
  });
});
