import { describe, expect, it } from "@jest/globals";
import { nextSlice } from "../../src/lib/slices.ts";

describe("long work in slices", () => {
  it("does one slice in a turn of the event loop, in the order in which they were asked for", async () => {
    let turn = 0;
    let isOver = false;
    const count = () => {
      turn++;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    const slices: { readonly name: string; readonly turn: number }[] = [];
    const work = async (name: string) => {
      for (let slice = 0; slice < 3; slice++) {
        await nextSlice();
        slices.push({ name, turn });
      }
    };
    await Promise.all([work("a"), work("b"), work("c")]);
    isOver = true;
    expect(slices.map(({ name }) => name).join("")).toBe("abcabcabc");
    expect(new Set(slices.map((slice) => slice.turn)).size).toBe(9);
  });
});
