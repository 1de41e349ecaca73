import { once } from "node:events";
import type { IncomingMessage, RequestListener } from "node:http";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { createListener } from "../../../src/http/server/listener.ts";
import { upgradableOf } from "../../../src/http/stages/upgrade/upgradable.ts";
import { createLog } from "../../../src/lib/log/log.ts";
import { systemRandom } from "../../../src/lib/random.ts";
import { systemClock } from "../../../src/lib/time/clock.ts";
import { portOf } from "../../../src/service/start.ts";
import { createMeter } from "../../../src/usage/meter.ts";
import { handshakeFor } from "../../support/websocket/sockets.ts";

const log = createLog({ level: "silent", secrets: /never/g, destination: { write: () => {} } });
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A client of a server whose app is `listen`. */
async function aClient(listen: RequestListener, hasUpgrades = true) {
  const deps = { log, random: systemRandom, clock: systemClock, meter: createMeter(), maxConnections: 10 };
  const server = createListener(listen, { ...deps, certificate: undefined, hasUpgrades });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const socket = connect(portOf(server), "127.0.0.1");
  closing.push(() => {
    socket.destroy();
    server.close();
  });
  return {
    socket,
    closed: once(
      socket.on("error", () => {}),
      "close",
    ),
  };
}

const PLAIN = "GET /plain HTTP/1.1\r\nHost: localhost\r\n\r\n";

describe("a request for a WebSocket", () => {
  it("is not closed when its connection was idle before for as long as that may be", async () => {
    const upgraded = Promise.withResolvers<IncomingMessage>();
    const { socket } = await aClient((req, res) => {
      if (upgradableOf(req) === undefined) setImmediate(() => res.end("plain"));
      else upgraded.resolve(req);
    });
    socket.write(PLAIN + handshakeFor("/prices", []));
    const req = await upgraded.promise;
    // Node sets it when the response before has ended.
    expect(upgradableOf(req)?.socket).toMatchObject({ timeout: 0 });
  });

  it("whose client resets the connection breaks nothing", async () => {
    const upgraded = Promise.withResolvers<Socket>();
    const { socket } = await aClient((req) => upgraded.resolve(req.socket));
    socket.write(handshakeFor("/prices", []));
    const seen = await upgraded.promise;
    const closed = new Promise((resolve) => seen.once("close", resolve));
    seen.resume();
    socket.resetAndDestroy();
    await closed;
  });

  it("gets the response of the app, and then its connection is closed", async () => {
    const { socket, closed } = await aClient(
      (_req, res) => void res.writeHead(400, { Connection: "close", "Content-Length": 2 }).end("no"),
    );
    socket.end(handshakeFor("/prices", []));
    expect(String(Buffer.concat(await socket.toArray()))).toMatch(/^HTTP\/1\.1 400 .*\r\n\r\nno$/s);
    await closed;
  });

  it("is an ordinary one to a server without WebSockets", async () => {
    const { socket } = await aClient((req, res) => void res.end(String(upgradableOf(req) === undefined)), false);
    socket.write(handshakeFor("/prices", []));
    expect(String((await once(socket, "data"))[0])).toMatch(/true$/);
  });
});
