import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { type Calls, createChannel, type Wire } from "../../src/cluster/channel.ts";

/** Two ends of one wire, and the messages that went over it. */
function aWire(): { readonly ends: readonly [Wire, Wire]; readonly sent: object[] } {
  const sent: object[] = [];
  const listeners: ((message: unknown) => void)[][] = [[], []];
  const end = (own: number): Wire => ({
    send: (message) => {
      sent.push(message);
      const text = JSON.stringify(message);
      for (const listener of listeners[1 - own] ?? []) setImmediate(() => listener(JSON.parse(text)));
    },
    listen: (onMessage) => listeners[own]?.push(onMessage),
  });
  return { ends: [end(0), end(1)], sent };
}

type Sums = { readonly add: (numbers: readonly number[]) => Promise<number> };

function aPair(handlers: Calls = {}) {
  const { ends, sent } = aWire();
  const channel = createChannel<Sums>(ends[0], {});
  createChannel(ends[1], {
    add: async (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one),
    ...handlers,
  });
  return { channel, ends, sent };
}

describe("a channel", () => {
  it("gives each call its own result, in whatever order they are ready", async () => {
    const later = async ([ms = 0]: readonly number[]) => {
      for (let turns = 0; turns < ms; turns++) await nextTurn();
      return ms;
    };
    const { channel } = aPair({ add: later });
    expect(await Promise.all([9, 1, 5].map((ms) => channel.call("add", [ms])))).toEqual([9, 1, 5]);
  });

  it("sends all calls of one turn as one message, and their results as well", async () => {
    const { channel, sent } = aPair();
    await Promise.all(Array.from({ length: 100 }, (_, at) => channel.call("add", [at, 1])));
    expect(sent).toHaveLength(2);
  });

  it("reports what failed on the other side", async () => {
    const { channel } = aPair({ add: () => Promise.reject(new Error("no numbers")) });
    await expect(channel.call("add", [])).rejects.toThrow("no numbers");
  });

  it("handles no call without a handler, not even a method of every object", async () => {
    const { ends } = aPair();
    const caller = createChannel<Readonly<Record<"toString" | "subtract", () => string>>>(ends[0], {});
    await expect(caller.call("subtract", undefined as never)).rejects.toThrow("There is no handler for subtract.");
    await expect(caller.call("toString", undefined as never)).rejects.toThrow("There is no handler for toString.");
  });

  it("fails waiting and later calls when it is closed", async () => {
    const { channel } = aPair({ add: () => new Promise(() => {}) });
    const pending = channel.call("add", [1]);
    channel.close();
    await expect(pending).rejects.toThrow("gone");
    await expect(channel.call("add", [1])).rejects.toThrow("gone");
  });

  it("ignores messages of other libraries", async () => {
    const { channel, ends } = aPair();
    for (const message of [{ cmd: "x" }, {}]) ends[1].send(message);
    expect(await channel.call("add", [1, 2])).toBe(3);
  });
});
