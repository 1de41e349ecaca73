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

function aPair(ours: Calls = {}) {
  const { ends, sent } = aWire();
  const channel = createChannel<Sums>(ends[0], {});
  createChannel(ends[1], {
    add: async (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one),
    ...ours,
  });
  return { channel, ends, sent };
}

describe("a channel", () => {
  it("brings each question its own answer, whichever is ready first", async () => {
    const later = async ([ms = 0]: readonly number[]) => {
      for (let turns = 0; turns < ms; turns++) await nextTurn();
      return ms;
    };
    const { channel } = aPair({ add: later });
    expect(await Promise.all([9, 1, 5].map((ms) => channel.call("add", [ms])))).toEqual([9, 1, 5]);
  });

  it("sends what is asked in one turn as one message, and so the answers", async () => {
    const { channel, sent } = aPair();
    await Promise.all(Array.from({ length: 100 }, (_, at) => channel.call("add", [at, 1])));
    expect(sent).toHaveLength(2);
  });

  it("says what went wrong on the other side", async () => {
    const { channel } = aPair({ add: () => Promise.reject(new Error("no numbers")) });
    await expect(channel.call("add", [])).rejects.toThrow("no numbers");
  });

  it("does not do what nobody offered", async () => {
    const { ends } = aPair();
    const stranger = createChannel<Readonly<Record<"toString" | "subtract", () => string>>>(ends[0], {});
    await expect(stranger.call("subtract", undefined as never)).rejects.toThrow("There is no handler for subtract.");
    await expect(stranger.call("toString", undefined as never)).rejects.toThrow("There is no handler for toString.");
  });

  it("fails what waits, and what comes later, when the other side is gone", async () => {
    const { channel } = aPair({ add: () => new Promise(() => {}) });
    const forwardAuth = channel.call("add", [1]);
    channel.close();
    await expect(forwardAuth).rejects.toThrow("gone");
    await expect(channel.call("add", [1])).rejects.toThrow("gone");
  });

  it("overhears messages of others", async () => {
    const { channel, ends } = aPair();
    for (const message of [{ cmd: "x" }, {}]) ends[1].send(message);
    expect(await channel.call("add", [1, 2])).toBe(3);
  });
});
