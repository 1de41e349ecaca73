import type { Socket } from "node:net";
import { afterAll, describe, expect, it } from "@jest/globals";
import { toOperations } from "../../src/contract/model/operations.ts";
import { createUpstream } from "../../src/gateway/upstream.ts";
import { aHeldClock } from "../support/builders.ts";
import { anUpstream } from "../support/upstream.ts";

const slow = anUpstream();
/** Of a head: a busy machine may take its time where one is to come. */
const [AT_ONCE_MS, EVER_MS] = [100, 60_000];
const [operation] = toOperations({ paths: { "/a/{b}": { get: { operationId: "getA", security: [] } } } });
const upstreams: ReturnType<typeof createUpstream>[] = [];
afterAll(async () => {
  for (const upstream of upstreams) await upstream.close();
});

function send(pathParams: Readonly<Record<string, string>>, headersTimeoutMs = EVER_MS, bodyTimeoutMs = AT_ONCE_MS) {
  if (operation === undefined) throw new Error("There is no operation.");
  const patience = { connectTimeoutMs: EVER_MS, headersTimeoutMs, bodyTimeoutMs, queueTimeoutMs: EVER_MS };
  const deps = { url: slow.url, secret: undefined, carriers: [], connections: 4, clock: aHeldClock(), patience };
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
    signal: new AbortController().signal,
    isStillAdmitted: async () => true,
  });
}

describe("an upstream", () => {
  it("that does not answer in time is a timeout", async () => {
    slow.answers(() => {});
    expect(await send({ b: "1" }, AT_ONCE_MS)).toMatchObject({ kind: "timeout" });
  });

  it("that stops within its answer breaks off", async () => {
    slow.answers((_req, res) => void res.write("first"));
    const incoming = await send({ b: "1" });
    if (incoming.kind !== "answered") throw new Error(incoming.kind);
    await expect(incoming.body.toArray()).rejects.toThrow();
  });

  it.each(["gzip, chunked", "gzip", "chunked, chunked"])(
    "that sends in the transfer coding %s is broken",
    async (coding) => {
      slow.answers(
        (_req, res) => void res.socket?.end(`HTTP/1.1 200 OK\r\nTransfer-Encoding: ${coding}\r\n\r\n0\r\n\r\n`),
      );
      expect(await send({ b: "1" })).toMatchObject({ kind: "broken" });
    },
  );

  it("that sends in chunks is answered with, however that is spelt", async () => {
    slow.answers((_req, res) => void res.socket?.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n"));
    expect(await send({ b: "1" })).toMatchObject({ kind: "answered", headers: [] });
  });

  describe("whose answer ends with its connection", () => {
    const begun = async () => {
      const sockets: Socket[] = [];
      slow.answers((_req, { socket }) => {
        if (socket === null) throw new Error("The connection is gone.");
        socket.write("HTTP/1.1 200 OK\r\n\r\nhalf");
        sockets.push(socket);
      });
      const incoming = await send({ b: "1" }, EVER_MS, EVER_MS);
      const [socket] = sockets;
      if (incoming.kind !== "answered" || socket === undefined) throw new Error(incoming.kind);
      const pieces = incoming.body.iterator();
      expect((await pieces.next()).value.toString()).toBe("half");
      return { pieces, socket };
    };

    it("has answered when it closes it", async () => {
      const { pieces, socket } = await begun();
      socket.end();
      expect(await pieces.next()).toMatchObject({ done: true });
    });

    it("breaks off when it resets it", async () => {
      const { pieces, socket } = await begun();
      socket.resetAndDestroy();
      await expect(pieces.next()).rejects.toThrow();
    });
  });

  it("does not give a length to nothing", async () => {
    slow.answers((_req, res) => void res.socket?.end("HTTP/1.1 204 No Content\r\nContent-Length: 3\r\nX-A: b\r\n\r\n"));
    expect(await send({ b: "1" })).toMatchObject({ kind: "answered", headers: [["X-A", "b"]] });
  });

  it("may give the length of what it does not send again", async () => {
    slow.answers((_req, res) => void res.socket?.end("HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n"));
    expect(await send({ b: "1" })).toMatchObject({ kind: "answered", headers: [["Content-Length", "3"]] });
  });

  it.each([{ b: "" }, { b: ".." }, { b: "a/b" }, { b: "\ud800" }, {}])("is not asked for %j", async (params) => {
    slow.forget();
    expect(await send(params as Readonly<Record<string, string>>)).toEqual({ kind: "refused" });
    expect(slow.recorded).toEqual([]);
  });

  it("is told nothing of a client that is nobody", async () => {
    slow.answers((_req, res) => void res.end());
    await send({ b: "1" });
    expect(slow.last().headers).toMatchObject({ "x-forwarded-proto": "https", "x-request-id": "req_a" });
    expect(slow.last().headers).not.toHaveProperty("x-forwarded-host");
    expect(slow.last().headers).not.toHaveProperty("x-latchkey-client");
  });
});
