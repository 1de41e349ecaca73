import { once } from "node:events";
import type { RequestListener, ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { type DrainOptions, drain } from "../../../src/http/server/drain.ts";
import { createListener } from "../../../src/http/server/listener.ts";
import { createLog } from "../../../src/lib/log/log.ts";
import { systemRandom } from "../../../src/lib/random.ts";
import { systemClock } from "../../../src/lib/time/clock.ts";
import { createMeter } from "../../../src/usage/meter.ts";
import { exchangeRaw, parseResponse } from "../../support/wire/raw.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

async function aServer(answer: RequestListener = (_req, res) => void res.end("done")) {
  const server = createListener(answer, {
    log: createLog({ level: "silent", secrets: /$^/g, destination: { write: () => {} } }),
    random: systemRandom,
    clock: systemClock,
    certificate: undefined,
    maxConnections: 100,
    meter: createMeter(),
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

/** Answers when the test says so. */
function aHeldAnswer() {
  const held: ServerResponse[] = [];
  const listener: RequestListener = (_req, res) => void held.push(res);
  return { listener, held, release: () => held.shift()?.end("done") };
}

/** A connection, with everything that came back on it. */
async function aConnection(port: number) {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  const ended = new Promise<string>((resolve) => {
    socket.on("end", () => resolve("end"));
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
  });
  return { socket, text: () => text, ended };
}

async function until(isSo: () => boolean) {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const requestOn = async ({ socket, text }: { readonly socket: Socket; readonly text: () => string }) => {
  const { length } = text();
  socket.write(REQUEST);
  await until(() => text().length > length);
};

/** Time that passes when the test says so. */
function heldTime() {
  const waiting: { readonly ms: number; readonly resolve: () => void }[] = [];
  const wait = (ms: number) => new Promise<void>((resolve) => waiting.push({ ms, resolve }));
  return { wait, waiting, goOn: () => waiting.shift()?.resolve() };
}

const AT_ONCE: DrainOptions = { wait: nextTurn };

describe("draining a server", () => {
  it("ends at once if there never was a connection", async () => {
    const { server } = await aServer();
    await drain(server, { wait: () => Promise.reject(new Error("It waits.")) });
    expect(server.listening).toBe(false);
  });

  it("gives load balancers a second to notice, even with no open connection", async () => {
    const { server, port } = await aServer();
    await exchangeRaw(port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const time = heldTime();
    const drained = drain(server, { wait: time.wait });
    expect(time.waiting).toMatchObject([{ ms: 900 }]);
    const late = parseResponse(await exchangeRaw(port, REQUEST));
    expect(late).toMatchObject({ status: 200, headers: { connection: "close" } });
    time.goOn();
    await until(() => time.waiting.length > 0);
    expect(time.waiting).toMatchObject([{ ms: 100 }]);
    time.goOn();
    await drained;
    expect(server.listening).toBe(false);
  });

  it("keeps listening while connections arrive, for three seconds at most", async () => {
    const { server, port } = await aServer();
    await exchangeRaw(port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let waitedMs = 0;
    const wait = async (ms: number) => {
      waitedMs += ms;
      await exchangeRaw(port, REQUEST);
    };
    await drain(server, { wait });
    expect(waitedMs).toBe(3_000);
  });

  it("waits for a pending response, which says that it is the last", async () => {
    const { listener, held, release } = aHeldAnswer();
    const { server, port } = await aServer(listener);
    const client = await aConnection(port);
    client.socket.write(REQUEST);
    await until(() => held.length === 1);
    const drained = drain(server, AT_ONCE);
    await until(() => !server.listening);
    release();
    expect(await client.ended).toBe("end");
    expect(parseResponse(client.text())).toMatchObject({ status: 200, headers: { connection: "close" } });
    expect(await drained).toBe(0);
  });

  it("responds to a request on a kept connection, long after listening has ended", async () => {
    const { server, port } = await aServer();
    const client = await aConnection(port);
    await requestOn(client);
    expect(client.text()).not.toContain("Connection: close");
    const drained = drain(server, AT_ONCE);
    await until(() => !server.listening);
    await requestOn(client);
    expect(client.text().match(/done/g)).toHaveLength(2);
    expect(client.text()).toContain("Connection: close");
    expect(await client.ended).toBe("end");
    await drained;
  });

  it("waits for an idle connection no longer than its client was promised", async () => {
    const { server, port } = await aServer();
    Object.assign(server, { keepAliveTimeout: 50, keepAliveTimeoutBuffer: 0 });
    const client = await aConnection(port);
    await requestOn(client);
    const drained = drain(server, AT_ONCE);
    expect(await client.ended).toBe("end");
    expect(await drained).toBe(0);
  });

  it("responds to all pipelined requests, and only the last response closes the connection", async () => {
    const { listener, held, release } = aHeldAnswer();
    const { server, port } = await aServer(listener);
    const client = await aConnection(port);
    client.socket.write(REQUEST + REQUEST);
    await until(() => held.length === 1);
    const drained = drain(server, AT_ONCE);
    client.socket.write(REQUEST);
    await until(() => !server.listening);
    for (let count = 0; count < 3; count++) {
      await until(() => held.length === 1);
      release();
    }
    expect(await client.ended).toBe("end");
    expect(client.text().match(/HTTP\/1\.1 200/g)).toHaveLength(3);
    expect(client.text().match(/Connection: close/g)).toHaveLength(1);
    await drained;
  });

  it("closes idle connections at once where a person waits", async () => {
    const { server, port } = await aServer();
    const client = await aConnection(port);
    await requestOn(client);
    expect(await drain(server, { isHurried: true })).toBe(0);
    await client.ended;
  });
});

describe("a kept connection that times out", () => {
  it("still gets a response if its request arrived in time and was not read yet", async () => {
    const { server, port } = await aServer();
    const accepted = once(server, "connection");
    const client = await aConnection(port);
    await requestOn(client);
    const [socket] = await accepted;
    // What is written is there before this turn of the event loop ends, and Node's timers come before it reads.
    client.socket.write(REQUEST);
    server.emit("timeout", socket);
    await until(() => (client.text().match(/done/g) ?? []).length === 2);
    server.emit("timeout", socket);
    expect(await client.ended).toBe("end");
    server.close();
  });
});
