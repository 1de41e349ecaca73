import { once } from "node:events";
import type { Socket } from "node:net";
import { PassThrough } from "node:stream";
import { afterAll, describe, expect, it } from "@jest/globals";
import { createUpstream } from "../../src/gateway/upstream.ts";
import { aHeldClock } from "../support/builders.ts";
import { operationsOf } from "../support/model/models.ts";
import { aClient, anUpstream } from "../support/upstream.ts";

const slow = anUpstream();
/** Timeouts: one that a test waits for, and one that no busy machine reaches. */
const [SHORT_MS, LONG_MS] = [100, 60_000];
const [operation] = operationsOf({ paths: { "/a/{b}": { get: { operationId: "getA", security: [] } } } });
const upstreams: ReturnType<typeof createUpstream>[] = [];
afterAll(async () => {
  for (const upstream of upstreams) await upstream.close();
});

type Sending = {
  readonly headersTimeoutMs?: number;
  readonly bodyTimeoutMs?: number;
  readonly client?: ReturnType<typeof aClient>;
};

function send(
  pathParams: Readonly<Record<string, string>>,
  { headersTimeoutMs = LONG_MS, bodyTimeoutMs = SHORT_MS, client = aClient() }: Sending = {},
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
    client,
    isStillAdmitted: () => true,
  });
}

type Outcome = Awaited<ReturnType<typeof send>>;

function responseOf(outcome: Outcome) {
  if (outcome.kind !== "response") throw new Error(outcome.kind);
  return outcome;
}

/** What arrives of a body: a stream that is destroyed if the body breaks off. */
function received(outcome: Outcome): PassThrough {
  const receiver = new PassThrough();
  responseOf(outcome).body.pipeTo(receiver);
  return receiver;
}

describe("an upstream", () => {
  it("that does not respond in time is a timeout", async () => {
    slow.respondWith(() => {});
    expect(await send({ b: "1" }, { headersTimeoutMs: SHORT_MS })).toMatchObject({ kind: "timeout" });
  });

  it("that stops in the middle of its response breaks off", async () => {
    slow.respondWith((_req, res) => void res.write("first"));
    await expect(received(await send({ b: "1" })).toArray()).rejects.toThrow();
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
    expect(await send({ b: "1" })).toMatchObject({ kind: "response", rawHeaders: [] });
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
      if (socket === undefined) throw new Error("The upstream received no request.");
      const chunks = received(outcome).iterator();
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

  describe("whose response is not passed on yet", () => {
    const begun = async (length = 1_000_000) => {
      const client = aClient();
      const sockets: Socket[] = [];
      slow.respondWith((_req, { socket }) => {
        socket?.write(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\nfirst`);
        if (socket !== null) sockets.push(socket);
      });
      const { body } = responseOf(await send({ b: "1" }, { bodyTimeoutMs: LONG_MS, client }));
      const [socket] = sockets;
      if (socket === undefined) throw new Error("The upstream received no request.");
      return { client, socket, body };
    };
    type Begun = Awaited<ReturnType<typeof begun>>;

    it.each<[string, (one: Begun) => void]>([
      ["its client disconnects", ({ client }) => client.leave()],
      ["it is discarded", ({ body }) => body.discard()],
    ])("breaks it off when %s", async (_case, end) => {
      const one = await begun();
      const closed = once(one.socket, "close");
      end(one);
      await closed;
      expect(one.body.complete()).toBeUndefined();
    });

    it("has broken off for its receiver when it resets the connection, before or while it is read", async () => {
      const early = await begun();
      early.socket.resetAndDestroy();
      await expect(early.body.readUpTo(1_000_000)).rejects.toThrow();
      const receiver = new PassThrough();
      early.body.pipeTo(receiver);
      expect(receiver.destroyed).toBe(true);

      const late = await begun();
      const read = late.body.readUpTo(1_000_000);
      late.socket.resetAndDestroy();
      await expect(read).rejects.toThrow();
    });

    it("may complete it first: then nothing can break it off", async () => {
      const { body, client } = await begun("first".length);
      expect(await body.readUpTo(5)).toBe(true);
      client.leave();
      body.discard();
      expect(String(body.complete())).toBe("first");
    });

    it("is told when it is larger than the reader wants, and is passed on completely nevertheless", async () => {
      const { body, socket } = await begun(10);
      expect(await body.readUpTo(4)).toBe(false);
      socket.write("later");
      const receiver = new PassThrough();
      body.pipeTo(receiver);
      expect(Buffer.concat(await receiver.toArray()).toString()).toBe("firstlater");
    });
  });

  it("cannot send a Content-Length with a 204", async () => {
    slow.respondWith(
      (_req, res) => void res.socket?.end("HTTP/1.1 204 No Content\r\nContent-Length: 3\r\nX-A: b\r\n\r\n"),
    );
    expect(await send({ b: "1" })).toMatchObject({ kind: "response", rawHeaders: ["x-a", "b"] });
  });

  it("may send a Content-Length with a 304", async () => {
    slow.respondWith((_req, res) => void res.socket?.end("HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n"));
    expect(await send({ b: "1" })).toMatchObject({ kind: "response", rawHeaders: ["content-length", "3"] });
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
