import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, describe, expect, it } from "@jest/globals";
import { createUpstream } from "../../src/gateway/upstream.ts";
import { aHeldClock } from "../support/builders.ts";
import { operationsOf } from "../support/model/models.ts";
import { anUpstream } from "../support/upstream.ts";

const slow = anUpstream();
/** Timeouts: one that a test waits for, and one that no busy machine reaches. */
const [SHORT_MS, LONG_MS] = [100, 60_000];
const [operation] = operationsOf({ paths: { "/a/{b}": { get: { operationId: "getA", security: [] } } } });
const upstreams: ReturnType<typeof createUpstream>[] = [];
afterAll(async () => {
  for (const upstream of upstreams) await upstream.close();
});

type Sending = { readonly headersTimeoutMs?: number; readonly bodyTimeoutMs?: number; readonly signal?: AbortSignal };

function send(
  pathParams: Readonly<Record<string, string>>,
  { headersTimeoutMs = LONG_MS, bodyTimeoutMs = SHORT_MS, signal = new AbortController().signal }: Sending = {},
) {
  if (operation === undefined) throw new Error("There is no operation.");
  const timeouts = { connectTimeoutMs: LONG_MS, headersTimeoutMs, bodyTimeoutMs, queueTimeoutMs: LONG_MS };
  const deps = { url: slow.url, secret: undefined, keyHeaders: [], connections: 4, clock: aHeldClock(), timeouts };
  const upstream = createUpstream(deps);
  upstreams.push(upstream);
  return upstream.send({
    operation,
    method: "GET",
    pathParams,
    query: "",
    rawHeaders: [],
    checkedHeaders: [],
    key: undefined,
    requestId: "req_a",
    address: "127.0.0.1",
    isTls: true,
    host: undefined,
    body: undefined,
    length: undefined,
    signal,
    isStillAdmitted: async () => true,
  });
}

describe("an upstream", () => {
  it("that does not respond in time is a timeout", async () => {
    slow.respondWith(() => {});
    expect(await send({ b: "1" }, { headersTimeoutMs: SHORT_MS })).toMatchObject({ kind: "timeout" });
  });

  it("that stops in the middle of its response breaks off", async () => {
    slow.respondWith((_req, res) => void res.write("first"));
    const outcome = await send({ b: "1" });
    if (outcome.kind !== "response") throw new Error(outcome.kind);
    await expect(outcome.body.toArray()).rejects.toThrow();
  });

  it.each(["gzip, chunked", "gzip", "chunked, chunked"])(
    "that sends in the transfer coding %s is broken",
    async (coding) => {
      slow.respondWith(
        (_req, res) => void res.socket?.end(`HTTP/1.1 200 OK\r\nTransfer-Encoding: ${coding}\r\n\r\n0\r\n\r\n`),
      );
      expect(await send({ b: "1" })).toMatchObject({ kind: "broken" });
    },
  );

  it("may send in chunks, in any spelling", async () => {
    slow.respondWith(
      (_req, res) => void res.socket?.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n"),
    );
    expect(await send({ b: "1" })).toMatchObject({ kind: "response", headers: [] });
  });

  describe("whose response ends with its connection", () => {
    const begun = async () => {
      const sockets: Socket[] = [];
      slow.respondWith((_req, { socket }) => {
        if (socket === null) throw new Error("The connection is gone.");
        socket.write("HTTP/1.1 200 OK\r\n\r\nhalf");
        sockets.push(socket);
      });
      const outcome = await send({ b: "1" }, { bodyTimeoutMs: LONG_MS });
      const [socket] = sockets;
      if (outcome.kind !== "response" || socket === undefined) throw new Error(outcome.kind);
      const chunks = outcome.body.iterator();
      expect((await chunks.next()).value.toString()).toBe("half");
      return { chunks, socket };
    };

    it("has completed the response when it closes the connection", async () => {
      const { chunks, socket } = await begun();
      socket.end();
      expect(await chunks.next()).toMatchObject({ done: true });
    });

    it("breaks off when it resets the connection", async () => {
      const { chunks, socket } = await begun();
      socket.resetAndDestroy();
      await expect(chunks.next()).rejects.toThrow();
    });
  });

  // An error that a stream emits without a listener would end the process; here it fails the test.
  describe("whose response is not being read", () => {
    const begun = async (length = 1_000_000) => {
      const client = new AbortController();
      const sockets: Socket[] = [];
      slow.respondWith((_req, { socket }) => {
        socket?.write(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\nfirst`);
        if (socket !== null) sockets.push(socket);
      });
      const outcome = await send({ b: "1" }, { bodyTimeoutMs: LONG_MS, signal: client.signal });
      const [socket] = sockets;
      if (outcome.kind !== "response" || socket === undefined) throw new Error(outcome.kind);
      return { client, socket, body: outcome.body };
    };
    type Begun = Awaited<ReturnType<typeof begun>>;

    it.each<[string, (one: Begun) => void]>([
      ["its client disconnects", ({ client }) => client.abort()],
      ["the upstream resets the connection", ({ socket }) => socket.resetAndDestroy()],
      ["it is discarded", ({ body }) => body.destroy()],
    ])("is closed when %s", async (_case, end) => {
      const one = await begun();
      const closed = new Promise<void>((resolve) => one.body.once("close", resolve));
      end(one);
      await closed;
    });

    it("is closed when it is discarded after all of it has arrived", async () => {
      const { body } = await begun("first".length);
      while (body.readableLength < "first".length) await nextTurn();
      const closed = new Promise<void>((resolve) => body.once("close", resolve));
      body.destroy();
      await closed;
    });

    it("is closed when the upstream resets the connection while a slow client pauses", async () => {
      const { socket, body } = await begun();
      const closed = new Promise<void>((resolve) => body.once("close", resolve));
      const paused = new Promise<void>((resolve) => body.once("data", () => resolve(void body.pause())));
      await paused;
      socket.resetAndDestroy();
      await closed;
    });
  });

  it("cannot send a Content-Length with a 204", async () => {
    slow.respondWith(
      (_req, res) => void res.socket?.end("HTTP/1.1 204 No Content\r\nContent-Length: 3\r\nX-A: b\r\n\r\n"),
    );
    expect(await send({ b: "1" })).toMatchObject({ kind: "response", headers: [["X-A", "b"]] });
  });

  it("may send a Content-Length with a 304", async () => {
    slow.respondWith((_req, res) => void res.socket?.end("HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n"));
    expect(await send({ b: "1" })).toMatchObject({ kind: "response", headers: [["Content-Length", "3"]] });
  });

  it.each([{ b: "" }, { b: ".." }, { b: "a/b" }, { b: "\ud800" }, {}])("receives no request for %j", async (params) => {
    slow.forget();
    expect(await send(params as Readonly<Record<string, string>>)).toEqual({ kind: "ambiguous-path" });
    expect(slow.recorded).toEqual([]);
  });

  it("receives no identity of a caller without a key", async () => {
    slow.respondWith((_req, res) => void res.end());
    await send({ b: "1" });
    expect(slow.last().headers).toMatchObject({ "x-forwarded-proto": "https", "x-request-id": "req_a" });
    expect(slow.last().headers).not.toHaveProperty("x-forwarded-host");
    expect(slow.last().headers).not.toHaveProperty("x-latchkey-client");
  });
});
