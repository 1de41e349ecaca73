import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { gather } from "../../src/lib/gather.ts";

function aGatherer() {
  const handedOn: string[] = [];
  return { ...gather((lines) => void handedOn.push(lines)), handedOn };
}

describe("lines", () => {
  it("of one turn are handed on together, in their order, and once", async () => {
    const { write, handedOn } = aGatherer();
    for (const line of ["a\n", "b\n"]) write(line);
    expect(handedOn).toEqual([]);
    await nextTurn();
    write("c\n");
    await nextTurn();
    await nextTurn();
    expect(handedOn).toEqual(["a\nb\n", "c\n"]);
  });

  it("are handed on at once where there is no later", async () => {
    const { write, flush, handedOn } = aGatherer();
    write("a\n");
    flush();
    expect(handedOn).toEqual(["a\n"]);
    await nextTurn();
    expect(handedOn).toEqual(["a\n"]);
  });
});
