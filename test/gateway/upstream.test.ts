import { once } from "node:events";
import type { Socket } from "node:net";
import { PassThrough } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { anUpstream } from "../support/upstream.ts";
import { aClient, received, responseOf, SHORT_MS, upstreamCalls } from "../support/upstream-calls.ts";

const slow = anUpstream();
const { send, reuse } = upstreamCalls(() => slow.url);

describe("an upstream", () => {
  it("that does not respond in time is a timeout", async () => {
    slow.respondWith(() => {});
    expect(await send({ firstByteTimeoutMs: SHORT_MS })).toMatchObject({ kind: "timeout" });
  });

  it("that puts its response off with interim ones is a timeout", async () => {
    slow.respondWith((_req, { socket }) => {
      const timer = setInterval(() => socket?.write("HTTP/1.1 102 Processing\r\n\r\n"), SHORT_MS / 4);
      socket?.on("close", () => clearInterval(timer));
    });
    expect(await send({ firstByteTimeoutMs: SHORT_MS })).toMatchObject({ kind: "timeout" });
  });

  it("that stops in the middle of its response breaks off", async () => {
    slow.respondWith((_req, res) => void res.write("first"));
    await expect(received(await send({ betweenBytesTimeoutMs: SHORT_MS })).toArray()).rejects.toThrow();
  });

  it.each(["gzip, chunked", "gzip", "chunked, chunked"])(
    "that sends in the transfer coding %s is broken",
    async (coding) => {
      slow.respondWith(
        (_req, res) => void res.socket?.end(`HTTP/1.1 200 OK\r\nTransfer-Encoding: ${coding}\r\n\r\n0\r\n\r\n`),
      );
      expect(await send()).toMatchObject({ kind: "broken" });
    },
  );

  it("may send in chunks, in any spelling", async () => {
    slow.respondWith(
      (_req, res) => void res.socket?.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n"),
    );
    expect(await send()).toMatchObject({ kind: "response", rawHeaders: [] });
  });

  describe("whose response ends with its connection", () => {
    const begun = async () => {
      const sockets: Socket[] = [];
      slow.respondWith((_req, { socket }) => {
        if (socket === null) throw new Error("The connection is gone.");
        socket.write("HTTP/1.1 200 OK\r\n\r\nhalf");
        sockets.push(socket);
      });
      const outcome = await send();
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
      const { body } = responseOf(await send({ client }));
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
    expect(await send()).toMatchObject({ kind: "response", rawHeaders: ["x-a", "b"] });
  });

  it("may send a Content-Length with a 304", async () => {
    slow.respondWith((_req, res) => void res.socket?.end("HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n"));
    expect(await send()).toMatchObject({ kind: "response", rawHeaders: ["content-length", "3"] });
  });

  it.each(["/a/", "/a/..", "/a/%2e%2e", "/a/x/b", "/a/%ff", "/a", "/a/x%2f..%2fb"])(
    "receives no request for %s",
    async (path) => {
      slow.forget();
      expect(await send({ path })).toEqual({ kind: "ambiguous-path" });
      expect(slow.recorded).toEqual([]);
    },
  );

  it("receives no identity of a caller without a key", async () => {
    slow.respondWith((_req, res) => void res.end());
    await send();
    expect(slow.last().headers).toMatchObject({ "x-forwarded-proto": "https", "x-request-id": "req_a" });
    expect(slow.last().headers).not.toHaveProperty("x-forwarded-host");
    expect(slow.last().headers).not.toHaveProperty("x-latchkey-client");
  });

  it("may send interim responses and trailers, which are not passed on", async () => {
    slow.respondWith((_req, res) => {
      res.socket?.write("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
      res.socket?.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n");
    });
    const outcome = await send();
    expect(outcome).toMatchObject({ kind: "response", status: 200, rawHeaders: [] });
    expect(Buffer.concat(await received(outcome).toArray()).toString()).toBe("a");
  });

  it("sends each line of a header, also of one that JavaScript would treat as special", async () => {
    slow.respondWith(
      (_req, res) => void res.writeHead(200, ["Set-Cookie", "a=1", "__proto__", "x", "SET-COOKIE", "b=2"]).end("a"),
    );
    const { rawHeaders } = responseOf(await send());
    const lines = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : []));
    expect(lines).toEqual(expect.arrayContaining(["set-cookie: a=1", "set-cookie: b=2", "__proto__: x"]));
  });

  it("has a small response complete when its head is passed on", async () => {
    slow.respondWith((_req, res) => void res.setHeader("Content-Length", "3").end("abc"));
    const { body } = responseOf(await send());
    expect(String(body.complete())).toBe("abc");
  });
});

describe("a client that disconnects", () => {
  it("before there is a connection has nothing sent", async () => {
    slow.forget();
    const sendAgain = reuse();
    const client = aClient();
    const outcome = sendAgain({ client });
    client.leave();
    expect(await outcome).toMatchObject({ kind: "broken" });
    expect(await sendAgain({ client })).toMatchObject({ kind: "broken" });
    slow.respondWith((_req, res) => void res.end());
    expect(await sendAgain({ requestId: "req_b" })).toMatchObject({ kind: "response" });
    expect(slow.recorded.map(({ headers }) => headers["x-request-id"])).toEqual(["req_b"]);
  });

  it("while the upstream works has the request broken off", async () => {
    const client = aClient();
    const isGone = new Promise((resolve) => {
      slow.respondWith((_req, res) => {
        res.once("close", resolve);
        client.leave();
      });
    });
    expect(await send({ client })).toMatchObject({ kind: "broken" });
    await isGone;
  });

  it("while its body is sent has it broken off, and the source stays open for the response", async () => {
    const client = aClient();
    const isGone = new Promise((resolve) => {
      slow.respondWith(
        (req) => {
          req.on("error", () => {}).once("data", () => client.leave());
          req.once("close", resolve);
        },
        { streaming: true },
      );
    });
    const source = new PassThrough();
    source.write("begun");
    expect(await send({ client, method: "PUT", body: source })).toMatchObject({ kind: "broken" });
    await isGone;
    expect(source.destroyed).toBe(false);
  });

  it("after the response is complete leaves the connection open for others", async () => {
    slow.respondWith((_req, res) => void res.end("abc"));
    const sendAgain = reuse();
    const completed = async (client = aClient()) => {
      await responseOf(await sendAgain({ client })).body.readUpTo(3);
      client.leave();
      // The connection is free from the next turn of the event loop.
      for (let turns = 0; turns < 3; turns++) await nextTurn();
    };
    await completed();
    const before = slow.connections;
    await completed();
    await completed();
    expect(slow.connections).toBe(before);
  });
});

it("a connection that the upstream closed while it was idle is replaced", async () => {
  const sockets: Socket[] = [];
  slow.respondWith((_req, res) => {
    if (res.socket !== null) sockets.push(res.socket);
    res.end("abc");
  });
  const sendAgain = reuse();
  await received(await sendAgain()).toArray();
  const [idle] = sockets;
  const closed = once(idle ?? new PassThrough(), "close");
  idle?.end();
  await closed;
  expect(String(Buffer.concat(await received(await sendAgain()).toArray()))).toBe("abc");
});
