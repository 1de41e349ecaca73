import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type Child, LATCHKEY, startLatchkey } from "../../support/process/child.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { anUpstream } from "../../support/upstream.ts";
import { A_MASK, aFrame, closeOf, OPCODES } from "../../support/websocket/frames.ts";
import { acceptingServer, openOn } from "../../support/websocket/sockets.ts";

const CONTRACT = `openapi: 3.1.1
info: { title: Chat, version: 1.0.0 }
servers: [{ url: / }]
x-latchkey:
  defaultPlan: free
  plans: { free: { limits: { messages: { requests: 1, windowSeconds: 86400, burst: 20 } } } }
paths:
  /chat:
    get:
      operationId: chat
      security: [{ ApiKey: [chat] }]
      x-latchkey: { upgrade: websocket, limits: [messages], cost: 0, messages: { cost: 1 } }
      responses: { '101': { description: A WebSocket. } }
components:
  securitySchemes:
    ApiKey: { type: apiKey, in: header, name: x-api-key, x-scopes: { chat: Chat. } }
`;

const folder = temporaryFolder();
const upstream = anUpstream();
const settings = () => ({
  PORT: "0",
  DATABASE_URL: `sqlite:${join(folder, "chat.db")}`,
  LATCHKEY_CONTRACT: join(folder, "chat.yaml"),
  LATCHKEY_UPSTREAM: upstream.url,
  LATCHKEY_WORKERS: "3",
});

let service: Child;
let port = 0;
let secret = "";
let server = acceptingServer();

beforeAll(async () => {
  writeFileSync(join(folder, "chat.yaml"), CONTRACT);
  const [program = "", ...words] = [
    ...LATCHKEY,
    "keys",
    "create",
    "--client",
    "chat",
    "--create-client",
    "--scope",
    "chat",
    "--json",
  ];
  const { stdout } = spawnSync(program, words, { env: { ...process.env, ...settings() }, encoding: "utf8" });
  ({ secret } = JSON.parse(stdout));
  service = startLatchkey(["serve"], settings());
  const [, url = ""] = await service.out.until(/"url":"([^"]+)"/);
  port = Number(new URL(url).port);
});
beforeEach(() => {
  server = acceptingServer();
  upstream.upgradeWith(server.listener);
});

async function anOpenSocket() {
  const client = await openOn(port, "/chat", [`x-api-key: ${secret}`]);
  return { client, other: await server.next() };
}

describe("WebSockets of three workers", () => {
  it("share the limit of their messages", async () => {
    let passed = 0;
    // Connections go to the workers in turn.
    const closes = Array.from({ length: 6 }, async () => {
      const { client, other } = await anOpenSocket();
      // More than the burst, so that each connection meets the limit.
      for (let count = 0; count < 21; count++) client.socket.write(aFrame("a", { mask: A_MASK }));
      for (let frame = await other.frames.next(); frame.opcode !== OPCODES.close; frame = await other.frames.next())
        passed++;
      const close = closeOf(await client.frames.next());
      await client.closed;
      return close.code;
    });
    expect(await Promise.all(closes)).toEqual(Array(6).fill(1008));
    expect(passed).toBe(20);
  });

  it("are closed with 1001 when the service stops", async () => {
    const sockets = await Promise.all(Array.from({ length: 6 }, anOpenSocket));
    service.process.kill("SIGTERM");
    for (const { client } of sockets) {
      expect(closeOf(await client.frames.next())).toEqual({ code: 1001, reason: "The service stops." });
      client.socket.end();
    }
    expect(await service.ended).toMatchObject({ code: 0 });
  });
});
