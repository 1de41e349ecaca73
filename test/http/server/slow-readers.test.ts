import { once } from "node:events";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, describe, expect, it } from "@jest/globals";
import {
  createReaderWatch,
  findDropped,
  type Progress,
  progressOf,
  type ReaderLimits,
  readerLimitsOf,
} from "../../../src/http/server/slow-readers.ts";

/** Looks at a connection again and again; each look is what was written to it so far, and what still waits in it. */
function look(...looks: readonly (readonly [written: number, waiting: number])[]): Progress {
  return looks.reduce<Progress>(
    (before, [bytesWritten, writableLength]) => progressOf({ bytesWritten, writableLength }, before),
    { flushedBytes: 0, idleChecks: 0 },
  );
}

describe("the progress of a reader", () => {
  it("stands still while bytes wait and none are read", () => {
    expect(look([100, 60], [100, 60], [100, 60])).toEqual({ flushedBytes: 40, idleChecks: 2 });
  });

  it("stands still also while more is written that waits too", () => {
    expect(look([100, 60], [500, 460])).toEqual({ flushedBytes: 40, idleChecks: 1 });
  });

  it("starts again with every piece that is read", () => {
    expect(look([100, 60], [100, 60], [100, 50]).idleChecks).toBe(0);
  });

  it("does not matter when nothing waits", () => {
    expect(look([100, 0], [100, 0], [100, 0]).idleChecks).toBe(0);
  });
});

const LIMITS: ReaderLimits = {
  mostIdleChecks: 300,
  mostIdleChecksUnderPressure: 4,
  mostIdleBytes: 1_000,
  mostIdleReaders: 10,
};

describe("readers that stand still", () => {
  const [short, longer, longest] = [3, 4, 299].map((idleChecks) => ({ idleChecks, waitingBytes: 400 }));
  const readers = [short, longer, longest].filter((one) => one !== undefined);

  it("may pause for minutes while they hold little", () => {
    expect(findDropped(readers.slice(0, 2), LIMITS)).toEqual([]);
  });

  it("are dropped when they have paused for as long as any may", () => {
    expect(findDropped([{ idleChecks: 300, waitingBytes: 1 }], LIMITS)).toHaveLength(1);
  });

  it("lose the one that has paused for longest while they hold too many bytes together", () => {
    expect(findDropped(readers, LIMITS)).toEqual([longest]);
  });

  it("lose all that have paused for a few seconds if that is needed", () => {
    expect(findDropped(readers, { ...LIMITS, mostIdleBytes: 0 })).toEqual([longest, longer]);
  });

  it("lose the same while they hold too many connections together", () => {
    expect(findDropped(readers, { ...LIMITS, mostIdleReaders: 2 })).toEqual([longest]);
  });

  it("may hold half of the connections of a server", () => {
    expect(readerLimitsOf(5_000).mostIdleReaders).toBe(2_500);
  });
});

describe("a client that pauses in the middle of a large response", () => {
  const sockets: Socket[] = [];
  const logged: string[] = [];
  const log = { info: (_fields: object, text: string) => void logged.push(text), warn: () => {} };
  const SIZE = 64 * 1_048_576;
  const server = createServer((_req, res) => void res.end(Buffer.alloc(SIZE)));
  server.on("connection", (socket) => void sockets.push(socket));
  afterAll(() => void server.close());

  /** A watch over one connection, whose client does not read. */
  const aPausedReader = async () => {
    if (!server.listening) await once(server.listen(0, "127.0.0.1"), "listening");
    const sent = get({ port: (server.address() as AddressInfo).port, agent: false });
    const [[response], [, reply]] = await Promise.all([once(sent, "response"), once(server, "request")]);
    const { socket } = reply as ServerResponse;
    if (socket === null) throw new Error("There is no connection.");
    const watch = createReaderWatch({ ...LIMITS, mostIdleBytes: 2 * SIZE }, log);
    watch.watch(socket);
    // Until the buffers of the operating system are full.
    for (let before = -1; before !== socket.writableLength; await nextTurn()) before = socket.writableLength;
    return { watch, socket, seen: response as IncomingMessage };
  };

  it("gets all of it after 8 seconds, and after 299", async () => {
    const { watch, socket, seen } = await aPausedReader();
    for (let seconds = 0; seconds < 299; seconds++) watch.check();
    expect(socket.destroyed).toBe(false);
    let bytes = 0;
    for await (const chunk of seen) bytes += (chunk as Buffer).length;
    expect(bytes).toBe(SIZE);
  });

  it("is disconnected if it never reads on", async () => {
    const { watch, socket, seen } = await aPausedReader();
    seen.on("error", () => {});
    // The first ones may still see progress.
    for (let seconds = 0; seconds < 310; seconds++) watch.check();
    expect(socket.destroyed).toBe(true);
    expect(logged).toEqual(["slow reader dropped"]);
  });
});
