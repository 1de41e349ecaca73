import { Readable, Writable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { anUpstream } from "../support/upstream.ts";
import { responseOf, upstreamCalls } from "../support/upstream-calls.ts";

const upstream = anUpstream();
const { send } = upstreamCalls(() => upstream.url);

const MEGABYTE = Buffer.alloc(1_048_576, 7);
/** What is read from a socket at once. */
const CHUNK_BYTES = 65_536;

/** Takes one chunk in each turn of the event loop, and records how many bytes were waiting for it at most. */
function aSlowReceiver() {
  let [bytes, mostWaiting] = [0, 0];
  const receiver = new Writable({
    highWaterMark: CHUNK_BYTES,
    write: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      mostWaiting = Math.max(mostWaiting, receiver.writableLength);
      setImmediate(done);
    },
  });
  const finished = new Promise((resolve, reject) => receiver.once("finish", resolve).once("error", reject));
  return { receiver, finished, bytes: () => bytes, mostWaiting: () => mostWaiting };
}

describe("a client that reads slowly", () => {
  it.each(["with a length", "in chunks", "until the connection ends"])(
    "gets all of a large response %s, of which only a little is kept in memory",
    async (framing) => {
      const megabytes = 16;
      upstream.respondWith(async (_req, res) => {
        if (framing === "with a length") res.setHeader("Content-Length", megabytes * MEGABYTE.length);
        if (framing === "until the connection ends")
          Object.assign(res, { useChunkedEncodingByDefault: false, shouldKeepAlive: false });
        Readable.from(Array(megabytes).fill(MEGABYTE)).pipe(res);
      });
      const { receiver, finished, bytes, mostWaiting } = aSlowReceiver();
      responseOf(await send()).body.pipeTo(receiver);
      await finished;
      expect(bytes()).toBe(megabytes * MEGABYTE.length);
      // What makes it full, and one more chunk that was being parsed.
      expect(mostWaiting()).toBeLessThanOrEqual(3 * CHUNK_BYTES);
    },
  );

  it("has a response that is not passed on yet wait in the upstream", async () => {
    let written = 0;
    upstream.respondWith((_req, res) => {
      const more = () => {
        for (written++; res.write(MEGABYTE); written++);
      };
      res.on("drain", more);
      more();
    });
    const { body } = responseOf(await send());
    await standstill(() => written);
    // Only the buffers of the two sockets are full; without back-pressure this would never stand still.
    body.discard();
  });
});

describe("an upstream that reads slowly", () => {
  it("makes the client pause its upload, and gets all of it", async () => {
    const reading = Promise.withResolvers<void>();
    let received = 0;
    upstream.respondWith(
      async (req, res) => {
        await reading.promise;
        for await (const chunk of req) received += (chunk as Buffer).length;
        res.end();
      },
      { streaming: true },
    );
    const megabytes = 128;
    let produced = 0;
    const source = new Readable({
      highWaterMark: CHUNK_BYTES,
      read: () => void source.push(produced++ < megabytes ? MEGABYTE : null),
    });
    const outcome = send({ method: "PUT", body: source });
    await standstill(() => produced);
    expect(produced).toBeLessThan(megabytes);
    reading.resolve();
    expect(await outcome).toMatchObject({ kind: "response" });
    expect(received).toBe(megabytes * MEGABYTE.length);
  });
});

/** Waits until `count` has not changed for many turns of the event loop. */
async function standstill(count: () => number) {
  let last = -1;
  for (let turns = 0; turns < 500; turns++) {
    if (count() !== last) [last, turns] = [count(), 0];
    await nextTurn();
  }
}
