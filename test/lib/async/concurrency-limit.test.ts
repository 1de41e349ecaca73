import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { createConcurrencyLimit } from "../../../src/lib/async/concurrency-limit.ts";

describe("a concurrency limit", () => {
  it("never runs more at a time, keeps the order, and continues after a failure", async () => {
    const limited = createConcurrencyLimit(2);
    const begun: number[] = [];
    let [running, maxRunning] = [0, 0];
    const work = (n: number) =>
      limited(async () => {
        begun.push(n);
        maxRunning = Math.max(maxRunning, ++running);
        await nextTurn();
        running--;
        if (n === 1) throw new Error("it fails");
        return n;
      });
    const settled = await Promise.allSettled([0, 1, 2, 3, 4].map(work));
    expect(settled.map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
      "fulfilled",
      "fulfilled",
    ]);
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    expect(maxRunning).toBe(2);
    expect(await work(5)).toBe(5);
  });
});
