import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { createConcurrencyLimit } from "../../../src/lib/async/concurrency-limit.ts";

describe("work that is done some at a time", () => {
  it("never exceeds the number, keeps the order, and goes on after a failure", async () => {
    const atOnce = createConcurrencyLimit(2);
    const begun: number[] = [];
    let [running, most] = [0, 0];
    const work = (n: number) =>
      atOnce(async () => {
        begun.push(n);
        most = Math.max(most, ++running);
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
    expect(most).toBe(2);
    expect(await work(5)).toBe(5);
  });
});
