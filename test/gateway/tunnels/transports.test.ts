import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { revokeKey } from "../../../src/admin/keys/revoke-key.ts";
import { aService } from "../../support/service.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { anUpstream } from "../../support/upstream.ts";
import { A_MASK, aFrame, closeOf, OPCODES } from "../../support/websocket/frames.ts";
import { acceptingServer, handshakeFor, openOn, openRaw } from "../../support/websocket/sockets.ts";

const CONTRACT = `openapi: 3.1.1
info: { title: Prices, version: 1.0.0 }
servers: [{ url: / }]
paths:
  /prices:
    get:
      operationId: watchPrices
      security: [{ Query: ["prices:read"] }]
      x-latchkey: { upgrade: websocket }
      responses: { '101': { description: A WebSocket. } }
  /by-cookie:
    get:
      operationId: watchByCookie
      security: [{ Cookie: ["prices:read"] }]
      x-latchkey: { upgrade: websocket }
      responses: { '101': { description: A WebSocket. } }
  /plain: { get: { operationId: getPlain, security: [], responses: { '200': { description: Plain. } } } }
components:
  securitySchemes:
    Query: { type: apiKey, in: query, name: token, x-scopes: { "prices:read": Prices. } }
    Cookie: { type: apiKey, in: cookie, name: session_key, x-scopes: { "prices:read": Prices. } }
    ApiKey: { type: apiKey, in: header, name: x-api-key }
`;

const CERTIFICATES = join(import.meta.dirname, "../../support/certificates");
const folder = temporaryFolder();
const upstream = anUpstream();
const settings = () => {
  const path = join(folder, "prices.yaml");
  writeFileSync(path, CONTRACT);
  return { LATCHKEY_CONTRACT: path, LATCHKEY_UPSTREAM: upstream.url };
};
const service = aService(() => ({ ...settings(), LATCHKEY_CORS_ORIGINS: "https://app.example.com" }));
const overTls = aService(() => ({
  ...settings(),
  LATCHKEY_TLS_CERT: join(CERTIFICATES, "first.cert.pem"),
  LATCHKEY_TLS_KEY: join(CERTIFICATES, "first.key.pem"),
}));
const crowded = aService(() => ({ ...settings(), LATCHKEY_UPSTREAM_WEBSOCKETS: "4" }));

let server = acceptingServer();
beforeEach(() => {
  server = acceptingServer();
  upstream.upgradeWith(server.listener);
});

const targetOf = async ({ issue }: Pick<typeof service, "issue">) =>
  `/prices?token=${(await issue({ scopes: ["prices:read"] })).secret}`;
const masked = (text: string) => aFrame(text, { mask: A_MASK });

describe("a WebSocket", () => {
  it("works for an ordinary client, with close codes in both directions", async () => {
    const client = new WebSocket(`${service.url.replace("http", "ws")}${await targetOf(service)}`);
    await once(client, "open");
    const { socket, frames } = await server.next();
    client.send("hello");
    expect(await frames.nextText()).toBe("hello");
    const message = once(client, "message");
    socket.write(aFrame("welcome"));
    expect(((await message)[0] as MessageEvent).data).toBe("welcome");
    const closed = once(client, "close");
    client.close(3000, "enough");
    expect(closeOf(await frames.next())).toEqual({ code: 3000, reason: "enough" });
    socket.end(aFrame(Buffer.from([0x0b, 0xb8]), { opcode: OPCODES.close }));
    expect((await closed)[0]).toMatchObject({ code: 3000, wasClean: true });
  });

  it("is closed cleanly for an ordinary client when the service ends it", async () => {
    const { key, secret } = await service.issue({ scopes: ["prices:read"] });
    const client = new WebSocket(`${service.url.replace("http", "ws")}/prices?token=${secret}`);
    await once(client, "open");
    const closed = once(client, "close");
    await revokeKey(key.id, { reason: null }, service.running.actions);
    expect((await closed)[0]).toMatchObject({
      code: 1008,
      wasClean: true,
      reason: "The key is not admitted any more.",
    });
  });

  it("works over TLS", async () => {
    const socket = connectTls({ port: overTls.port, rejectUnauthorized: false });
    const client = await openRaw(socket, handshakeFor(await targetOf(overTls), []));
    const other = await server.next();
    expect(client.response.status).toBe(101);
    socket.write(masked("x".repeat(100_000)));
    expect(await other.frames.nextText()).toHaveLength(100_000);
    other.socket.write(aFrame("y".repeat(100_000)));
    expect(await client.frames.nextText()).toHaveLength(100_000);
    other.socket.end();
    await client.closed;
  });

  it("may follow other requests on its connection, also without a wait for their responses", async () => {
    const socket = connect(service.port, "127.0.0.1");
    const plain = "GET /plain HTTP/1.1\r\nHost: localhost\r\n\r\n";
    socket.write(plain);
    await once(socket, "data");
    socket.write(plain + handshakeFor(await targetOf(service), []) + masked("early").toString("latin1"), "latin1");
    const other = await server.next();
    expect(await other.frames.nextText()).toBe("early");
    const ended = once(other.socket, "end");
    socket.destroy();
    await ended;
  });

  it("is refused with 503 when an operation has its share of them, at once and for free", async () => {
    const target = await targetOf(crowded);
    const open = await Promise.all([openOn(crowded.port, target), openOn(crowded.port, target)]);
    expect(open.map(({ response }) => response.status)).toEqual([101, 101]);
    const refused = await openOn(crowded.port, target);
    expect(refused.response).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
    expect(JSON.parse(refused.response.body)).toMatchObject({ code: "upstream-busy" });
    const [first] = open;
    const { socket } = await server.next();
    socket.end();
    await first?.closed;
    // The share is given back when both sides are closed.
    for (let status = 0; status !== 101; ) {
      const again = await openOn(crowded.port, target);
      status = again.response.status;
      again.socket.destroy();
    }
    for (const { socket: one } of open) one.destroy();
  });

  it("is counted in a metric while it is open", async () => {
    const { secret } = await service.issue({ client: "operator", scopes: ["metrics:read"] });
    const read = async () => {
      const response = await fetch(`${service.url}/metrics`, { headers: { "x-api-key": secret } });
      return /^latchkey_websockets_open (\d+)$/m.exec(await response.text())?.[1];
    };
    const client = await openOn(service.port, await targetOf(service));
    while ((await read()) !== "1");
    client.socket.destroy();
    while ((await read()) !== "0");
  });

  it.each<[string, string | undefined, number]>([
    ["a page of the same host", "http://localhost", 101],
    ["a page of an allowed origin", "https://app.example.com", 101],
    ["a program", undefined, 101],
    ["a page of another site", "https://evil.example", 403],
    ["a page of another port", "http://localhost:81", 403],
    ["a page without an origin", "null", 403],
  ])("with its key in a cookie may be opened by %s: %s", async (_title, origin, status) => {
    const { secret } = await service.issue({ scopes: ["prices:read"] });
    const lines = [`Cookie: session_key=${secret}; theme=dark`, ...(origin === undefined ? [] : [`Origin: ${origin}`])];
    const { response, socket } = await openOn(service.port, "/by-cookie", lines);
    expect(response.status).toBe(status);
    if (status === 101) expect(upstream.last().headers.cookie).toBe("theme=dark");
    else expect(JSON.parse(response.body)).toMatchObject({ code: "origin-refused" });
    socket.destroy();
  });
});
