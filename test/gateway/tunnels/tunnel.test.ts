import { once } from "node:events";
import { type Duplex, duplexPair } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import type { TakeMessage } from "../../../src/gateway/tunnels/direction.ts";
import { Tunnel } from "../../../src/gateway/tunnels/tunnel.ts";
import { systemRandom } from "../../../src/lib/random.ts";
import { A_MASK, aFrame, closeOf, framesFrom, OPCODES } from "../../support/websocket/frames.ts";

type Options = { readonly takeMessage?: TakeMessage; readonly mostIdleChecks?: number; readonly first?: Buffer };

/** A tunnel between two connections, of which the test holds the far ends. */
function aTunnel({ takeMessage, mostIdleChecks = 0, first = Buffer.alloc(0) }: Options = {}) {
  const [client, atClient] = duplexPair();
  const [upstream, atUpstream] = duplexPair();
  const faults: unknown[] = [];
  const tunnel = new Tunnel({
    client: atClient,
    upstream: atUpstream,
    first,
    takeMessage,
    mostIdleChecks,
    random: systemRandom,
    onFault: (fault) => faults.push(fault),
  });
  tunnel.start();
  const seenByClient = framesFrom(client);
  return { tunnel, client, upstream, atClient, atUpstream, faults, seenByClient, seenByUpstream: framesFrom(upstream) };
}

const masked = (text: string) => aFrame(text, { mask: A_MASK });

async function settled() {
  for (let turn = 0; turn < 20; turn++) await nextTurn();
}

describe("a tunnel", () => {
  it("passes on what came with the handshake", async () => {
    const { seenByUpstream } = aTunnel({ first: masked("first") });
    expect(await seenByUpstream.nextText()).toBe("first");
  });

  it("that is idle for too long is closed with 1001; any frame counts, pings too", async () => {
    const { tunnel, upstream, seenByClient } = aTunnel({ mostIdleChecks: 3 });
    for (let round = 0; round < 3; round++) {
      tunnel.check();
      tunnel.check();
      upstream.write(aFrame("", { opcode: OPCODES.ping }));
      await seenByClient.next();
      await settled();
    }
    for (let check = 0; check < 4; check++) tunnel.check();
    expect(closeOf(await seenByClient.next())).toEqual({ code: 1001, reason: "The connection was idle." });
  });

  it("may be idle for as long as it likes without a limit", () => {
    const { tunnel, atClient } = aTunnel();
    for (let check = 0; check < 10_000; check++) tunnel.check();
    expect(atClient.writableEnded).toBe(false);
  });

  it("that was closed is destroyed a few checks later, even if neither side responds", async () => {
    const { tunnel, atClient, atUpstream } = aTunnel();
    tunnel.close(1001, "The service stops.");
    for (let check = 0; check < 4; check++) tunnel.check();
    expect([atClient.destroyed, atUpstream.destroyed]).toEqual([true, true]);
  });

  it("that was closed while a frame never ends is destroyed too", () => {
    const { tunnel, upstream, atClient } = aTunnel();
    upstream.write(aFrame("never complete").subarray(0, 4));
    tunnel.close(1008, "The key is not admitted any more.");
    for (let check = 0; check < 4; check++) tunnel.check();
    expect(atClient.destroyed).toBe(true);
  });

  it("passes nothing on after it was closed", async () => {
    const { tunnel, client, seenByUpstream } = aTunnel();
    tunnel.close(1008, "The key is not admitted any more.");
    client.write(masked("late"));
    expect(await seenByUpstream.next()).toMatchObject({ opcode: OPCODES.close });
    await settled();
    expect(seenByUpstream.untaken()).toEqual([]);
  });

  it("with a frame that cannot be right is closed with 1002", async () => {
    const { client, seenByClient } = aTunnel();
    client.write(Buffer.from([0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]));
    expect(closeOf(await seenByClient.next())).toMatchObject({ code: 1002 });
  });

  it("ends a client whose upstream has ended, once the client has read everything", async () => {
    const { client, upstream, atClient } = aTunnel();
    const bytes = aFrame(Buffer.alloc(200_000));
    upstream.end(bytes);
    const chunks = await client.toArray();
    expect(Buffer.concat(chunks)).toEqual(bytes);
    client.end();
    await closeOfBoth(atClient);
  });
});

async function closeOfBoth(one: Duplex) {
  if (!one.closed) await once(one, "close");
}

describe("a counted message", () => {
  it("waits until the limits have decided, and those behind it too", async () => {
    const verdicts: ((isAllowed: boolean) => void)[] = [];
    const takeMessage = () => new Promise<boolean>((resolve) => verdicts.push(resolve));
    const { client, seenByUpstream, seenByClient } = aTunnel({ takeMessage });
    client.write(Buffer.concat([masked("one"), masked("two")]));
    client.write(masked("three"));
    await settled();
    expect([verdicts.length, seenByUpstream.untaken().length]).toEqual([1, 0]);
    verdicts[0]?.(true);
    expect(await seenByUpstream.nextText()).toBe("one");
    await settled();
    verdicts[1]?.(false);
    expect(closeOf(await seenByClient.next())).toMatchObject({ code: 1008 });
    await settled();
    expect(verdicts).toHaveLength(2);
    expect(closeOf(await seenByUpstream.next())).toMatchObject({ code: 1008 });
  });

  it("is not passed on when the limits cannot be checked", async () => {
    const fault = new Error("The primary process does not respond.");
    const { client, faults, seenByUpstream, seenByClient } = aTunnel({ takeMessage: () => Promise.reject(fault) });
    client.write(masked("one"));
    expect(closeOf(await seenByClient.next())).toMatchObject({ code: 1013 });
    expect(faults).toEqual([fault]);
    expect(closeOf(await seenByUpstream.next())).toMatchObject({ code: 1013 });
  });

  it("is one however many fragments and pieces it comes in", async () => {
    let taken = 0;
    const { client, seenByUpstream } = aTunnel({ takeMessage: () => ++taken > 0 });
    const message = Buffer.concat([
      aFrame("a", { mask: A_MASK, isLast: false }),
      aFrame("p", { mask: A_MASK, opcode: OPCODES.ping }),
      aFrame("b", { mask: A_MASK, opcode: OPCODES.continuation }),
      masked("next"),
    ]);
    for (const byte of message) client.write(Buffer.from([byte]));
    for (let count = 0; count < 4; count++) await seenByUpstream.next();
    expect(taken).toBe(2);
  });
});
