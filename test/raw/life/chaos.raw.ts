import { writeFileSync } from "node:fs";
import type { RequestListener, ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { describe, expect, it } from "@jest/globals";
import { createDice, type Dice } from "../../support/model/dice.ts";
import { startLatchkey } from "../../support/process/child.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { anUpstream } from "../../support/upstream.ts";

const LIST =
  "responses: { '200': { description: A list., content: { application/json: { schema: { type: array } } } } }";
const CONTRACT = `openapi: 3.1.1
info: { title: Chaos, version: 1.0.0 }
servers: [{ url: / }]
paths:
  /enforced: { get: { operationId: a, security: [{ Key: [] }], x-latchkey: { responses: enforce }, ${LIST} } }
  /reported: { get: { operationId: b, security: [{ Key: [] }], x-latchkey: { responses: report }, ${LIST} } }
  /unchecked: { get: { operationId: c, security: [{ Key: [] }], ${LIST} } }
  /streamed:
    post: { operationId: d, security: [{ Key: [] }], requestBody: { content: { '*/*': {} } }, ${LIST} }
components: { securitySchemes: { Key: { type: apiKey, in: header, name: x-api-key } } }
`;
const CERTIFICATES = join(import.meta.dirname, "../../support/certificates");
const TLS = {
  LATCHKEY_TLS_CERT: join(CERTIFICATES, "first.cert.pem"),
  LATCHKEY_TLS_KEY: join(CERTIFICATES, "first.key.pem"),
};

const CALLERS = 20;
const CALLS = 1_500;
const JSON_TYPE = { "Content-Type": "application/json" };

/** How an upstream may misbehave. */
const MISBEHAVIOURS: readonly ((res: ServerResponse, socket: Socket, dice: Dice) => void)[] = [
  (_res, socket) => void socket.destroy(),
  (res, socket) => {
    res.writeHead(200, { ...JSON_TYPE, "Content-Length": "1000" }).write("[1,");
    setTimeout(() => socket.destroy(), 5);
  },
  (res, socket) => {
    res.writeHead(200, JSON_TYPE).write("[1,");
    setTimeout(() => socket.resetAndDestroy(), 5);
  },
  (res, _socket, dice) => void res.writeHead(500, JSON_TYPE).end("x".repeat(dice.below(3_000_000))),
  (res, _socket, dice) => void res.writeHead(200, JSON_TYPE).end(`[${"1,".repeat(dice.below(1_500_000))}1]`),
  (res, socket) => {
    res.writeHead(200, JSON_TYPE);
    const timer = setInterval(() => res.write("[".repeat(60_000)), 1);
    socket.on("close", () => clearInterval(timer));
  },
  (_res, socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n"),
  (_res, socket) => void socket.end("no HTTP at all\r\n\r\n"),
  (_res, socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]HTTP/1.1 200 OK\r\n\r\n"),
  (_res, socket) =>
    void socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n2\r\n[]\r\n0\r\n\r\n"),
  (res) => void res.writeHead(200, JSON_TYPE).end("[]"),
];

const folder = temporaryFolder();
const upstream = anUpstream();

describe.each([
  ["HTTP", {}],
  ["HTTPS", TLS],
] as const)("an upstream and clients that break off at any point, over %s,", (scheme, settings) => {
  it("neither end the service nor cause a fault in its log, and the log contains no key", async () => {
    const dice = createDice(scheme.length);
    const path = join(folder, "chaos.yaml");
    writeFileSync(path, CONTRACT);
    const chaos: RequestListener = (req, res) => {
      for (const one of [req, res]) one.on("error", () => {});
      dice.pick(MISBEHAVIOURS)(res, req.socket, dice);
    };
    upstream.respondWith(chaos, { streaming: true });
    const environment = {
      PORT: "0",
      DATABASE_URL: `sqlite:${join(folder, `${scheme}.db`)}`,
      LATCHKEY_CONTRACT: path,
      LATCHKEY_LENIENT: "true",
      LATCHKEY_UPSTREAM: upstream.url,
      LOG_LEVEL: "debug",
      ...settings,
    };
    const { out } = await startLatchkey(["keys", "create", "--admin", "--json"], environment).ended;
    const { secret } = JSON.parse(out);
    const service = startLatchkey(["serve"], environment);
    const [, port = ""] = await service.out.until(/"url":"https?:\/\/127\.0\.0\.1:(\d+)"/);

    let calls = CALLS;
    const open = () => {
      const plain = connect(Number(port), "127.0.0.1");
      return { plain, socket: scheme === "HTTP" ? plain : connectTls({ socket: plain, rejectUnauthorized: false }) };
    };
    const caller = async () => {
      while (calls-- > 0 && service.process.exitCode === null) await call(open(), secret, dice);
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
    await wait(200);

    expect({ code: service.process.exitCode, words: service.err.text() }).toEqual({ code: null, words: "" });
    const lines = service.out.text().trim().split("\n");
    expect(lines.filter((line) => /"level":[56]0/.test(line))).toEqual([]);
    // A client that disconnects early must not be reported as a remote one with a key in clear text.
    expect(lines.filter((line) => line.includes("cleartext"))).toEqual([]);
    // On a busy machine most clients leave before the response, but without any response the test would show nothing.
    expect(lines.filter((line) => line.includes('"response sent"')).length).toBeGreaterThan(CALLS / 50);
    expect(lines.join()).not.toContain(secret);
    service.process.kill("SIGTERM");
    expect((await service.ended).code).toBe(0);
  });
});

async function call({ plain, socket }: { plain: Socket; socket: Socket }, secret: string, dice: Dice) {
  for (const one of [plain, socket]) one.on("error", () => {});
  const target = dice.pick(["/enforced", "/reported", "/unchecked", "/streamed"]);
  const bytes = target === "/streamed" ? dice.below(1_000_000) : 0;
  const lines = [
    `${bytes > 0 ? "POST" : "GET"} ${target} HTTP/1.1`,
    "Host: localhost",
    `x-api-key: ${secret}`,
    ...(bytes > 0 ? ["Content-Type: image/png", `Content-Length: ${bytes}`] : []),
    ...(dice.below(3) === 0 ? ["Connection: close"] : []),
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  if (bytes > 0) socket.write(Buffer.alloc(dice.below(2) === 0 ? bytes : dice.below(bytes)));
  if (dice.below(2) === 0) socket.resume();
  const isClosed = new Promise((resolve) => socket.once("close", resolve));
  const isConnected = new Promise((resolve) => socket.once(socket === plain ? "connect" : "secureConnect", resolve));
  // Most leave after the handshake, even if that takes long on a busy machine.
  if (dice.below(4) > 0) await Promise.race([isClosed, isConnected]);
  const leave = dice.pick([() => socket.destroy(), () => plain.resetAndDestroy(), () => socket.end()]);
  await Promise.race([isClosed, wait(dice.below(80))]);
  leave();
  await wait(5);
  plain.destroy();
}
