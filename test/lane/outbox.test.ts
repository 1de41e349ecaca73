import type { ServerResponse } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { createOutbox } from "../../src/lane/outbox.ts";

function anOutbox() {
  const sent: string[] = [];
  const res = { end: (text: string) => sent.push(text) } as unknown as ServerResponse;
  const { post } = createOutbox();
  return { post: (text: string) => post(res, text), sent };
}

describe("answers", () => {
  it("of one turn are sent at its end, in their order, and once", async () => {
    const { post, sent } = anOutbox();
    for (const text of ["a", "b"]) post(text);
    expect(sent).toEqual([]);
    await nextTurn();
    post("c");
    await nextTurn();
    await nextTurn();
    expect(sent).toEqual(["a", "b", "c"]);
  });

  it("are sent at once when there are 64 of them", async () => {
    const { post, sent } = anOutbox();
    for (let count = 0; count < 64; count++) post(String(count));
    expect(sent).toHaveLength(64);
    post("64");
    expect(sent).toHaveLength(64);
    await nextTurn();
    expect(sent.map(Number)).toEqual(Array.from({ length: 65 }, (_, at) => at));
  });
});
