import type { ServerResponse } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { createOutbox } from "../../../../src/http/reply/writer/outbox.ts";

function anOutbox() {
  const sent: string[] = [];
  const res = { end: (text: string) => sent.push(text) } as unknown as ServerResponse;
  const faults: unknown[] = [];
  const { post } = createOutbox((fault) => faults.push(fault));
  return { post: (text: string, to = res) => post(to, text), sent, faults };
}

describe("replies", () => {
  it("of one turn are sent at its end, in order, once", async () => {
    const { post, sent } = anOutbox();
    for (const text of ["a", "b"]) post(text);
    expect(sent).toEqual([]);
    await nextTurn();
    post("c");
    await nextTurn();
    await nextTurn();
    expect(sent).toEqual(["a", "b", "c"]);
  });

  it("are sent though another one fails: its connection is closed, and the fault is reported", async () => {
    const { post, sent, faults } = anOutbox();
    const fault = new Error("the host app has replaced res.end");
    let isGone = false;
    const broken = {
      end: () => {
        throw fault;
      },
      destroy: () => {
        isGone = true;
      },
    } as unknown as ServerResponse;
    post("a");
    post("b", broken);
    post("c");
    await nextTurn();
    expect({ sent, faults, isGone }).toEqual({ sent: ["a", "c"], faults: [fault], isGone: true });
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
