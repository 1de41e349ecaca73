import { createServer, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { portOf } from "../../../src/service/start.ts";
import { upstreamCalls } from "../../support/upstream-calls.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** Responds to the first request on each connection; what it does with the next one, the test says. */
let onNext: (socket: Socket) => void = () => {};
let onFirst: (socket: Socket) => void = () => {};
let requests: string[] = [];
const server = createServer((socket) => {
  let count = 0;
  socket.on("error", () => {});
  socket.on("data", (bytes) => {
    requests.push(String(bytes).split(" ", 1)[0] ?? "");
    if (count++ === 0) onFirst(socket);
    else onNext(socket);
  });
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => void server.close());
beforeEach(() => {
  requests = [];
  onFirst = (socket) => void socket.write(OK);
});

const calls = upstreamCalls(() => `http://127.0.0.1:${portOf(server)}`);

/** Sends requests one after the other over one connection. */
function reuse() {
  const send = calls.reuse();
  return async (options: Parameters<typeof send>[0] = {}) => {
    const outcome = await send(options);
    if (outcome.kind === "response") await outcome.body.readUpTo(2);
    // The connection is free from the next turn of the event loop.
    for (let turns = 0; turns < 3; turns++) await nextTurn();
    return outcome;
  };
}

const ENDS: readonly [string, (socket: Socket) => void][] = [
  ["closed", (socket) => socket.end()],
  ["reset", (socket) => socket.resetAndDestroy()],
];

describe("a connection that is closed at the moment of its next request", () => {
  describe.each(ENDS)("(%s)", (_title, end) => {
    beforeEach(() => {
      onNext = end;
    });

    it.each(["GET", "PUT", "DELETE"])("costs a %s nothing: it is sent once more", async (method) => {
      const send = reuse();
      const body = method === "PUT" ? Buffer.from("{}") : undefined;
      expect(await send({ method })).toMatchObject({ kind: "response" });
      expect(await send({ method, body })).toMatchObject({ kind: "response", status: 200 });
      expect(requests).toHaveLength(3);
    });

    it("breaks a POST off: it may have been carried out", async () => {
      const send = reuse();
      await send();
      expect(await send({ method: "POST", body: Buffer.from("{}") })).toMatchObject({ kind: "broken" });
      expect(requests).toEqual(["GET", "POST"]);
    });

    it("breaks a GET off too if it was not kept from an earlier request", async () => {
      onFirst = end;
      expect(await reuse()()).toMatchObject({ kind: "broken" });
      expect(requests).toEqual(["GET"]);
    });
  });

  it("is tried once more, not again and again", async () => {
    const send = reuse();
    await send();
    onFirst = (socket) => void socket.end();
    onNext = onFirst;
    expect(await send()).toMatchObject({ kind: "broken" });
    expect(requests).toEqual(["GET", "GET", "GET"]);
  });

  it("in the middle of a response breaks that off", async () => {
    const send = reuse();
    await send();
    onNext = (socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    const outcome = await send();
    if (outcome.kind !== "response") throw new Error(outcome.kind);
    await expect(outcome.body.readUpTo(9)).rejects.toThrow();
    expect(requests).toHaveLength(2);
  });
});
