import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { revokeKey } from "../../../src/admin/keys/revoke-key.ts";
import { aService } from "../../support/service.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { anUpstream } from "../../support/upstream.ts";
import { A_MASK, aFrame, closeOf, OPCODES } from "../../support/websocket/frames.ts";
import { acceptingServer, HANDSHAKE, openOn } from "../../support/websocket/sockets.ts";

const CONTRACT = `openapi: 3.1.1
info: { title: Prices, version: 1.0.0 }
servers: [{ url: / }]
x-latchkey:
  defaultPlan: free
  plans:
    free:
      limits:
        sockets: { requests: 60, windowSeconds: 3600, burst: 1000 }
        messages: { per: key, requests: 1, windowSeconds: 3600, burst: 3 }
paths:
  /prices/{id}:
    get:
      operationId: watchPrices
      security: [{ ApiKey: ["prices:read"] }]
      parameters: [{ name: id, in: path, required: true, schema: { type: integer, maximum: 99 } }]
      x-latchkey: { upgrade: websocket }
      responses: { '101': { description: A WebSocket. } }
  /in-browsers:
    get:
      operationId: watchInBrowsers
      security: [{ Query: ["prices:read"] }]
      parameters: [{ name: a, in: query, schema: { type: string, maxLength: 9 } }]
      x-latchkey: { upgrade: websocket }
      responses: { '101': { description: A WebSocket. } }
  /chat:
    get:
      operationId: chat
      security: [{ ApiKey: ["prices:read"] }]
      x-latchkey: { upgrade: websocket, limits: [messages], cost: 0, messages: { cost: 1 } }
      responses: { '101': { description: A WebSocket. } }
  /plain:
    get:
      operationId: getPlain
      security: [{ ApiKey: ["prices:read"] }]
      responses: { '200': { description: Plain. } }
components:
  securitySchemes:
    ApiKey: { type: apiKey, in: header, name: x-api-key, x-scopes: { "prices:read": Prices. } }
    Query: { type: apiKey, in: query, name: token, x-scopes: { "prices:read": Prices. } }
`;

const folder = temporaryFolder();
const upstream = anUpstream();
const settings = (url: string) => {
  const path = join(folder, "prices.yaml");
  writeFileSync(path, CONTRACT);
  return { LATCHKEY_CONTRACT: path, LATCHKEY_UPSTREAM: url };
};
const service = aService(() => settings(upstream.url));

let secret = "";
let keyLine: readonly string[] = [];
let server = acceptingServer();
beforeAll(async () => {
  ({ secret } = await service.issue({ scopes: ["prices:read"] }));
  keyLine = [`x-api-key: ${secret}`];
});
beforeEach(() => {
  server = acceptingServer();
  upstream.upgradeWith(server.listener);
  upstream.forget();
});

const open = (target = "/prices/7", lines = keyLine) => openOn(service.port, target, lines);
const masked = (content: string, opcode: number = OPCODES.text) => aFrame(content, { mask: A_MASK, opcode });

/** Both sides of an open WebSocket. */
async function anOpenSocket(target?: string, lines?: readonly string[]) {
  const client = await open(target, lines);
  return { client, other: await server.next() };
}

describe("a WebSocket that the contract declares", () => {
  it("is opened, with the upstream's choice of protocol, without the key", async () => {
    server = acceptingServer(["Sec-WebSocket-Protocol: v2", "X-Internal: a"]);
    upstream.upgradeWith(server.listener);
    const { client } = await anOpenSocket(undefined, [...keyLine, "Sec-WebSocket-Protocol: v1, v2"]);
    expect(client.response).toMatchObject({
      status: 101,
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-protocol": "v2",
        "sec-websocket-accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        "x-request-id": expect.any(String),
        ratelimit: expect.any(String),
      },
    });
    expect(upstream.last()).toMatchObject({
      method: "GET",
      url: "/prices/7",
      headers: { upgrade: "websocket", "sec-websocket-protocol": "v1, v2", "x-latchkey-client": expect.any(String) },
    });
    expect(JSON.stringify(upstream.last())).not.toContain(secret);
    client.socket.destroy();
  });

  it("may get its key in the query, where the contract says so: browsers can set no header", async () => {
    const { client } = await anOpenSocket(`/in-browsers?token=${secret}&a=b`, []);
    expect(client.response.status).toBe(101);
    expect(upstream.last().url).toBe("/in-browsers?a=b");
    client.socket.destroy();
  });

  it("passes frames on in both directions, however they are split", async () => {
    const { client, other } = await anOpenSocket();
    const message = masked("hello");
    client.socket.write(message.subarray(0, 1));
    client.socket.write(message.subarray(1, 4));
    client.socket.write(message.subarray(4));
    expect(await other.frames.nextText()).toBe("hello");
    other.socket.write(
      Buffer.concat([aFrame("one"), aFrame("ping", { opcode: OPCODES.ping }), aFrame("x".repeat(70_000))]),
    );
    expect(await client.frames.nextText()).toBe("one");
    expect(await client.frames.next()).toMatchObject({ opcode: OPCODES.ping });
    expect(await client.frames.nextText()).toHaveLength(70_000);
    client.socket.destroy();
  });

  it("passes on what the client sends before it has the response", async () => {
    const { socket, frames } = await openOn(service.port, "/prices/7", keyLine).then(async (client) => {
      const other = await server.next();
      client.socket.write(masked("early"));
      return { socket: client.socket, frames: other.frames };
    });
    expect(await frames.nextText()).toBe("early");
    socket.destroy();
  });

  it("ends on one side when it ends on the other, after the last frame", async () => {
    const { client, other } = await anOpenSocket();
    client.socket.end(masked("bye", OPCODES.close));
    expect((await other.frames.next()).payload.toString()).toBe("bye");
    other.socket.end(aFrame("bye", { opcode: OPCODES.close }));
    expect((await client.frames.next()).payload.toString()).toBe("bye");
    await client.closed;
  });

  it.each(["client", "other"] as const)("is broken off on one side when it is reset on the other: %s", async (side) => {
    const sides = await anOpenSocket();
    const [reset, survivor] = side === "client" ? [sides.client, sides.other] : [sides.other, sides.client];
    const ended = Promise.race([once(survivor.socket, "end"), once(survivor.socket, "close")]);
    survivor.socket.on("error", () => {});
    reset.socket.resetAndDestroy();
    await ended;
  });

  it("makes the upstream wait for a client that does not read", async () => {
    const { client, other } = await anOpenSocket();
    client.socket.pause();
    const frame = aFrame(Buffer.alloc(1_048_576));
    // 256 MiB would fit into no buffer.
    let written = 0;
    const isFull = () => written >= 256 || other.socket.writableLength > 8 * frame.length;
    while (!isFull()) {
      other.socket.write(frame);
      written++;
      await new Promise(setImmediate);
    }
    expect(written).toBeLessThan(256);
    other.socket.destroy();
    client.socket.destroy();
  });

  it("is metered as one request with all of its bytes", async () => {
    const { key, secret: own } = await service.issue({ scopes: ["prices:read"] });
    const { client, other } = await anOpenSocket(undefined, [`x-api-key: ${own}`]);
    other.socket.end(aFrame("x".repeat(50_000)));
    await client.closed;
    const isOut = () => service.logged().find(({ msg, keyId }) => msg === "response sent" && keyId === key.id);
    while (isOut() === undefined) await new Promise(setImmediate);
    expect(isOut()).toMatchObject({ status: 101, operation: "watchPrices" });
    expect(isOut()).not.toHaveProperty("isCutOff");
  });

  it("is closed with 1008 within seconds after its key is revoked", async () => {
    const { key, secret: own } = await service.issue({ scopes: ["prices:read"] });
    const { client, other } = await anOpenSocket(undefined, [`x-api-key: ${own}`]);
    // The close frame must not come into the middle of this one.
    const frame = aFrame("half and half");
    other.socket.write(frame.subarray(0, 5));
    await revokeKey(key.id, { reason: "leaked" }, service.running.actions);
    expect(closeOf(await other.frames.next())).toEqual({ code: 1008, reason: "The key is not admitted any more." });
    client.socket.write(masked("too late"));
    other.socket.write(frame.subarray(5));
    expect(await client.frames.nextText()).toBe("half and half");
    expect(closeOf(await client.frames.next())).toMatchObject({ code: 1008 });
    await client.closed;
    expect(other.frames.untaken()).toEqual([]);
  });
});

describe("messages that cost something", () => {
  it("end the connection with 1008 when the limit is reached; control frames and fragments are free", async () => {
    const { secret: own } = await service.issue({ client: "chatty", scopes: ["prices:read"] });
    const { client, other } = await anOpenSocket("/chat", [`x-api-key: ${own}`]);
    const begun = aFrame("a", { mask: A_MASK, isLast: false });
    const continued = aFrame("b", { mask: A_MASK, opcode: OPCODES.continuation });
    const ping = masked("p", OPCODES.ping);
    client.socket.write(
      Buffer.concat([begun, continued, ping, masked("2"), masked("3"), ping, masked("4"), masked("5")]),
    );
    const texts: string[] = [];
    for (let count = 0; count < 6; count++) texts.push(await other.frames.nextText());
    expect(texts).toEqual(["a", "b", "p", "2", "3", "p"]);
    expect(closeOf(await other.frames.next())).toMatchObject({ code: 1008 });
    expect(closeOf(await client.frames.next())).toEqual({ code: 1008, reason: "A rate limit or quota is reached." });
    await client.closed;
  });
});

describe("a WebSocket that is not opened", () => {
  const problemOf = async (target: string, lines: readonly string[], handshake = HANDSHAKE) => {
    const { response, closed, socket } = await openOn(service.port, target, lines, handshake);
    socket.end();
    await closed;
    const { status, headers, body } = response;
    return { status, headers, code: JSON.parse(body).code };
  };
  const handshakeWithout = (name: string) => HANDSHAKE.filter((line) => !line.startsWith(name));

  it.each<[string, number, string, string, (key: readonly string[]) => string[], string[]]>([
    ["without a key", 401, "key-missing", "/prices/7", () => [], [...HANDSHAKE]],
    ["with a parameter that is not valid", 400, "request-invalid", "/prices/x", (key) => [...key], [...HANDSHAKE]],
    ["at an operation that is none", 400, "upgrade-refused", "/plain", (key) => [...key], [...HANDSHAKE]],
    ["at a path that is not there", 404, "not-found", "/nowhere", (key) => [...key], [...HANDSHAKE]],
    [
      "in another version",
      426,
      "upgrade-required",
      "/prices/7",
      (key) => [...key],
      [...handshakeWithout("Sec-WebSocket-V"), "Sec-WebSocket-Version: 8"],
    ],
    [
      "without a handshake key",
      400,
      "upgrade-refused",
      "/prices/7",
      (key) => [...key],
      handshakeWithout("Sec-WebSocket-Key"),
    ],
    ["with a body", 400, "upgrade-refused", "/prices/7", (key) => [...key], [...HANDSHAKE, "Content-Length: 2"]],
    [
      "with a key as a protocol",
      400,
      "upgrade-refused",
      "/prices/7",
      (key) => [...key, `Sec-WebSocket-Protocol: ${secret}`],
      HANDSHAKE,
    ],
  ])("%s is a problem", async (_title, status, code, target, linesOf, handshake) => {
    expect(await problemOf(target, linesOf(keyLine), handshake)).toMatchObject({ status, code });
    expect(upstream.recorded).toEqual([]);
  });

  it("because no upgrade is asked for, says which one is", async () => {
    const { status, headers, code } = await problemOf("/prices/7", keyLine, []);
    expect({ status, code }).toEqual({ status: 426, code: "upgrade-required" });
    expect(headers).toMatchObject({ upgrade: "websocket" });
  });

  it("because the upstream refuses it, gets the response of the upstream", async () => {
    upstream.upgradeWith((_req, socket) => {
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno");
    });
    const { response, closed, socket } = await open();
    expect(response).toMatchObject({ status: 403, body: "no", headers: { "content-type": "text/plain" } });
    socket.end();
    await closed;
  });

  it.each(["", "Sec-WebSocket-Accept: AAAA\r\n"])("because the upstream does not know how: %j", async (line) => {
    upstream.upgradeWith((_req, socket) => {
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${line}\r\n`);
    });
    expect(await problemOf("/prices/7", keyLine)).toMatchObject({ status: 502, code: "upstream-broken" });
  });

  it("never because Connection names the headers of the handshake", async () => {
    const named = HANDSHAKE.map((line) =>
      line.replace(/^Connection: .*/i, "$&, Sec-WebSocket-Key, Sec-WebSocket-Version"),
    );
    const { response, socket, closed } = await openOn(service.port, "/prices/7", keyLine, named);
    expect(response.status).toBe(101);
    socket.destroy();
    await closed;
  });

  it("because its upgrade is to another protocol, is an ordinary request", async () => {
    const { response, closed, socket } = await openOn(service.port, "/plain", keyLine, [
      "Connection: Upgrade",
      "Upgrade: h2c",
    ]);
    expect(response.status).toBe(200);
    socket.end();
    await closed;
  });
});

describe("a service that stops", () => {
  const stopping = aService(() => settings(upstream.url));

  it("closes its WebSockets with 1001", async () => {
    const { secret: own } = await stopping.issue({ scopes: ["prices:read"] });
    const client = await openOn(stopping.port, "/prices/7", [`x-api-key: ${own}`]);
    const other = await server.next();
    const stopped = stopping.running.stop({ isHurried: true });
    expect(closeOf(await client.frames.next())).toEqual({ code: 1001, reason: "The service stops." });
    expect(closeOf(await other.frames.next())).toMatchObject({ code: 1001 });
    client.socket.end(masked("", OPCODES.close));
    expect(await stopped).toMatchObject({ requestsCutOff: 0 });
  });
});
