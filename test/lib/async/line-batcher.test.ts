import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { createLineBatcher } from "../../../src/lib/async/line-batcher.ts";

function aLineBatcher() {
  const written: string[] = [];
  return { ...createLineBatcher((lines) => void written.push(lines)), written };
}

describe("lines", () => {
  it("of one turn are written together, in order and once", async () => {
    const { write, written } = aLineBatcher();
    for (const line of ["a\n", "b\n"]) write(line);
    expect(written).toEqual([]);
    await nextTurn();
    write("c\n");
    await nextTurn();
    await nextTurn();
    expect(written).toEqual(["a\nb\n", "c\n"]);
  });

  it("are written immediately by a flush", async () => {
    const { write, flush, written } = aLineBatcher();
    write("a\n");
    flush();
    expect(written).toEqual(["a\n"]);
    await nextTurn();
    expect(written).toEqual(["a\n"]);
  });

  it("are written in chunks that reach a pipe in one piece, so that lines of several processes do not mix", () => {
    const { write, flush, written } = aLineBatcher();
    const lines = Array.from({ length: 100 }, (_, at) => `${at} ${"é".repeat(at * 5)}\n`);
    const long = `${"x".repeat(5_000)}\n`;
    for (const line of [...lines, long, "last\n"]) write(line);
    flush();
    expect(written.join("")).toBe([...lines, long, "last\n"].join(""));
    expect(written.filter((chunk) => Buffer.byteLength(chunk) > 4_096)).toEqual([long]);
    expect(written.every((chunk) => chunk.endsWith("\n"))).toBe(true);
    expect(written.length).toBeLessThan(20);
  });
});
