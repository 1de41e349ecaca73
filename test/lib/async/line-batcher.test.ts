import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { createLineBatcher } from "../../../src/lib/async/line-batcher.ts";

function aLineBatcher() {
  const handedOn: string[] = [];
  return { ...createLineBatcher((lines) => void handedOn.push(lines)), handedOn };
}

describe("lines", () => {
  it("of one turn are handed on together, in their order, and once", async () => {
    const { write, handedOn } = aLineBatcher();
    for (const line of ["a\n", "b\n"]) write(line);
    expect(handedOn).toEqual([]);
    await nextTurn();
    write("c\n");
    await nextTurn();
    await nextTurn();
    expect(handedOn).toEqual(["a\nb\n", "c\n"]);
  });

  it("are handed on at once where there is no later", async () => {
    const { write, flush, handedOn } = aLineBatcher();
    write("a\n");
    flush();
    expect(handedOn).toEqual(["a\n"]);
    await nextTurn();
    expect(handedOn).toEqual(["a\n"]);
  });

  it("are handed on in pieces that a pipe takes whole, so that lines of several processes are not torn", () => {
    const { write, flush, handedOn } = aLineBatcher();
    const lines = Array.from({ length: 100 }, (_, at) => `${at} ${"é".repeat(at * 5)}\n`);
    const long = `${"x".repeat(5_000)}\n`;
    for (const line of [...lines, long, "last\n"]) write(line);
    flush();
    expect(handedOn.join("")).toBe([...lines, long, "last\n"].join(""));
    expect(handedOn.filter((piece) => Buffer.byteLength(piece) > 4_096)).toEqual([long]);
    expect(handedOn.every((piece) => piece.endsWith("\n"))).toBe(true);
    expect(handedOn.length).toBeLessThan(20);
  });
});
