import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { createTurns } from "../../src/lib/turn.ts";

describe("a turn of the event loop", () => {
  it("has one number, whoever asks, microtasks too; the next one has another", async () => {
    const { current } = createTurns();
    const first = current();
    await Promise.resolve();
    expect(current()).toBe(first);
    await nextTurn();
    expect(current()).not.toBe(first);
  });
});
