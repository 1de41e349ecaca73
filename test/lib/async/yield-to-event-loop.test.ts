import { describe, expect, it } from "@jest/globals";
import { yieldToEventLoop } from "../../../src/lib/async/yield-to-event-loop.ts";
import { countTurns } from "../../support/model/turns.ts";

describe("long jobs in slices", () => {
  it("runs one slice per turn of the event loop, in the order of the requests", async () => {
    const turns = countTurns();
    const slices: { readonly name: string; readonly turn: number }[] = [];
    const work = async (name: string) => {
      for (let slice = 0; slice < 3; slice++) {
        await yieldToEventLoop();
        slices.push({ name, turn: turns.current() });
      }
    };
    await Promise.all([work("a"), work("b"), work("c")]);
    turns.stop();
    expect(slices.map(({ name }) => name).join("")).toBe("abcabcabc");
    expect(new Set(slices.map((slice) => slice.turn)).size).toBe(9);
  });
});
