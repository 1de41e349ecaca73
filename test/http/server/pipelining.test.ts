import { once } from "node:events";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { afterEach, describe, expect, it } from "@jest/globals";
import { createListener } from "../../../src/http/server/listener.ts";
import { loadCertificate } from "../../../src/http/server/tls.ts";
import { createLog } from "../../../src/lib/log/log.ts";
import { systemRandom } from "../../../src/lib/random.ts";
import { systemClock } from "../../../src/lib/time/clock.ts";
import { createMeter } from "../../../src/usage/meter.ts";

const certificates = join(import.meta.dirname, "../../support/certificates");
const certificate = loadCertificate({
  certPath: join(certificates, "first.cert.pem"),
  keyPath: join(certificates, "first.key.pem"),
});

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const lines: string[] = [];
const log = createLog({
  level: "info",
  secrets: /never/g,
  mayContainSecrets: () => false,
  destination: { write: (line) => void lines.push(line) },
});

/** A server that answers with the target of each request, the first one not before `answerFirst`. */
async function aServer({ isTls = false, mostInAll }: { readonly isTls?: boolean; readonly mostInAll?: number } = {}) {
  const seen = { parsed: 0, answered: 0, most: 0, sockets: [] as Socket[], called: [] as string[] };
  let answerFirst = () => {};
  const first = new Promise<void>((resolve) => {
    answerFirst = resolve;
  });
  const listen: RequestListener = async (req, res) => {
    seen.called.push(req.url ?? "");
    if (req.url === "/0") await first;
    req.on("data", () => {});
    if (!req.complete) await once(req, "end");
    res.end(`${req.url}\n`);
  };
  const deps = {
    log,
    random: systemRandom,
    clock: systemClock,
    meter: createMeter(),
    maxConnections: 100,
    mostWaiting: mostInAll,
  };
  const server: Server = createListener(listen, { ...deps, certificate: isTls ? certificate : undefined });
  server.on("request", (_req: IncomingMessage, res: ServerResponse) => {
    seen.parsed++;
    seen.most = Math.max(seen.most, seen.parsed - seen.answered);
    res.once("close", () => seen.answered++);
  });
  server.on(isTls ? "secureConnection" : "connection", (socket: Socket) => void seen.sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    answerFirst();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const open = async () => {
    const options = { port, host: "127.0.0.1", rejectUnauthorized: false };
    const socket = (isTls ? connectTls(options) : connect(options)).on("error", () => {});
    closing.push(() => socket.destroy());
    await once(socket, isTls ? "secureConnect" : "connect");
    return socket;
  };
  return { seen, server, open, answerFirst };
}

/** Waits until nothing more happens, as far as `measure` tells. */
async function untilStill(measure: () => number) {
  for (let [still, before] = [0, Number.NaN]; still < 10; ) {
    await wait(20);
    const now = measure();
    still = now === before ? still + 1 : 0;
    before = now;
  }
}

async function until(condition: () => boolean) {
  while (!condition()) await wait(10);
}

const PADDING = "x".repeat(900);
const request = (number: number) => `GET /${number} HTTP/1.1\r\nHost: a\r\nX-Padding: ${PADDING}\r\n\r\n`;
/** What one read can bring, in such requests. */
const OF_ONE_READ = Math.ceil(65_536 / request(0).length);

describe.each([false, true])("pipelined requests (TLS: %s)", (isTls) => {
  it("are read up to a limit, and all get their responses in order", async () => {
    const COUNT = 5_000;
    const { seen, open, answerFirst } = await aServer({ isTls });
    const socket = await open();
    socket.write(Array.from({ length: COUNT }, (_, number) => request(number)).join(""));
    await untilStill(() => seen.parsed);
    expect(seen.parsed).toBeLessThan(16 + 2 * OF_ONE_READ);
    answerFirst();

    let text = "";
    socket.setEncoding("latin1").on("data", (piece: string) => {
      text += piece;
    });
    await until(() => seen.answered === COUNT && text.endsWith(`/${COUNT - 1}\n`));
    expect(text.match(/^\/\d+$/gm)).toEqual(Array.from({ length: COUNT }, (_, number) => `/${number}`));
    expect(seen.most).toBeLessThan(16 + 2 * OF_ONE_READ);
  });

  it("that arrive in part have their full time once the connection is read again", async () => {
    const { seen, open, answerFirst, server } = await aServer({ isTls });
    const socket = await open();
    const expired: Socket[] = [];
    server.on("clientError", (_error: Error, one: Socket) => void expired.push(one));
    const all = Array.from({ length: 300 }, (_, number) => request(number)).join("");
    socket.write(all);
    await until(() => expired.length === 1);
    answerFirst();
    await until(() => seen.answered === 300);
    expect(seen.sockets[0]?.destroyed).toBe(false);
    socket.write(request(300));
    await until(() => seen.answered === 301);
  });

  it("are refused if they do not arrive then", async () => {
    const { seen, open, answerFirst, server } = await aServer({ isTls });
    const socket = await open();
    let expired = 0;
    server.on("clientError", () => void expired++);
    const all = Array.from({ length: 40 }, (_, number) => request(number)).join("");
    socket.write(`${all}GET /40 HTTP/1.1\r\nHo`);
    await until(() => expired === 1);
    expect(seen.parsed).toBe(40);
    let text = "";
    socket.setEncoding("latin1").on("data", (piece: string) => {
      text += piece;
    });
    answerFirst();
    await until(() => text.includes('"code":"request-timeout"'));
    expect(text.match(/^HTTP\/1.1 \d+/gm)).toEqual([...Array(40).fill("HTTP/1.1 200"), "HTTP/1.1 408"]);
  });
});

it("waiting requests are dropped when the client resets a paused connection", async () => {
  const { seen, open } = await aServer();
  const socket = await open();
  socket.write(Array.from({ length: 5_000 }, (_, number) => request(number)).join(""));
  await untilStill(() => seen.parsed);
  socket.resetAndDestroy();
  await until(() => seen.sockets[0]?.closed ?? false);
  expect(seen.called).toEqual(["/0"]);
});

it("a paused connection is closed when too many requests wait on all connections", async () => {
  const { seen, open } = await aServer({ mostInAll: 300 });
  const [few, many] = [await open(), await open()];
  few.write(request(0) + request(1));
  await until(() => seen.parsed === 2);
  many.write("GET /0 HTTP/1.1\r\nHost: a\r\n\r\n".repeat(5_000));
  await until(() => seen.sockets[1]?.closed ?? false);
  expect(seen.sockets[0]?.destroyed).toBe(false);
  expect(lines.join("")).toContain('"limit":300,"msg":"too many waiting requests"');
});
