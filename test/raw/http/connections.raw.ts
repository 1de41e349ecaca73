import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { revokeKey } from "../../../src/admin/keys/revoke-key.ts";
import { SCOPES } from "../../support/builders.ts";
import { aService } from "../../support/service.ts";
import { aRequest, exchangeRaw, parseResponse, sendRaw } from "../../support/wire/raw.ts";

const service = aService({ LATCHKEY_MAX_CONNECTIONS: "400" });
let secret = "";

beforeAll(async () => {
  ({ secret } = await service.issue({ client: "admin", scopes: SCOPES }));
});

/** A connection, the text received on it, and its end. */
async function open(first = "") {
  const socket = connect(service.port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  await once(socket, "connect");
  socket.write(first);
  return { socket, closed, text: () => Buffer.concat(chunks).toString("latin1") };
}

const head = (lines: readonly string[], method = "POST", target = "/v1/clients") =>
  aRequest(target, [`x-api-key: ${secret}`, "Content-Type: application/json", ...lines], method);

describe("a slow client", () => {
  it.each([
    ["sends nothing", ""],
    ["stops in its first line", "GET /da"],
    ["stops among its headers", "GET /data HTTP/1.1\r\nHost: localhost\r\n"],
  ])("that %s gets a 408, and its connection is closed", async (_, first) => {
    const { closed, text } = await open(first);
    await closed;
    expect(parseResponse(text())).toMatchObject({ status: 408, headers: { connection: "close" } });
    expect(JSON.parse(parseResponse(text()).body).code).toBe("request-timeout");
  });

  it("that stops in its body gets a 408, and its connection is closed", async () => {
    const { closed, text } = await open(`${head(["Content-Length: 100"])}{"name`);
    await closed;
    expect(parseResponse(text()).status).toBe(408);
  });

  it("that sends a byte now and then gets a 408 too", async () => {
    const { socket, closed, text } = await open(head(["Content-Length: 1000"]));
    const dripping = setInterval(() => socket.write(" "), 100);
    await closed;
    clearInterval(dripping);
    expect(parseResponse(text()).status).toBe(408);
  });

  it("is logged, without the bytes that it sent", () => {
    const refused = service.logged().filter(({ code }) => code === "request-timeout");
    expect(refused.length).toBeGreaterThanOrEqual(4);
    for (const line of refused) expect(line).toMatchObject({ status: 408, address: "127.0.0.1" });
  });

  it("may wait up to 5 seconds between two requests", async () => {
    const { socket, closed, text } = await open("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await wait(1_500);
    socket.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await closed;
    expect(text().match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  });
});

describe("a key that is revoked while its request arrives", () => {
  it("is refused, even if it was valid when the request began", async () => {
    const { key, secret: held } = await service.issue({ client: "thief", scopes: SCOPES });
    const body = JSON.stringify({ clientId: "thief", name: "successor", scopes: ["keys:write"] });
    const lines = [`x-api-key: ${held}`, "Content-Type: application/json", `Content-Length: ${body.length}`];
    const { socket, closed, text } = await open(`${aRequest("/v1/keys", lines, "POST")}${body.slice(0, 5)}`);
    await wait(200);
    await revokeKey(key.id, { reason: "stolen" }, service.running.actions);
    socket.write(body.slice(5));
    await closed;
    const response = parseResponse(text());
    expect(JSON.parse(response.body)).toMatchObject({ status: 401, code: "key-revoked", error: "Unauthorized" });
    expect(response.headers["www-authenticate"]).toContain("invalid_token");
  });
});

describe("a response before the end of a body", () => {
  it("arrives, although the client keeps sending for a while", async () => {
    const { socket, closed, text } = await open(aRequest("/v1/clients", ["Content-Length: 50000000"], "POST"));
    // The client reads only after it has sent more; a reset would have discarded the response by then.
    socket.pause();
    const sending = setInterval(() => socket.write("x".repeat(100_000)), 5);
    await wait(200);
    socket.resume();
    await closed;
    clearInterval(sending);
    expect(parseResponse(text()).status).toBe(401);
  });

  it("is not preceded by 100 Continue", async () => {
    const lines = ["Expect: 100-continue", "Content-Type: application/json", "Content-Length: 20"];
    expect(await exchangeRaw(service.port, aRequest("/v1/clients", lines, "POST"))).toMatch(/^HTTP\/1\.1 401 /);
  });

  it("is preceded by 100 Continue when the key is admitted", async () => {
    const body = '{"name":"invited in"}';
    const { socket, closed, text } = await open(head(["Expect: 100-continue", `Content-Length: ${body.length}`]));
    while (!text().includes("100 Continue")) await wait(5);
    socket.write(body);
    await closed;
    expect(text()).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
  });
});

describe("a request after the last response of a connection", () => {
  const create = (name: string) => {
    const body = JSON.stringify({ name });
    return `${head([`Content-Length: ${body.length}`])}${body}`;
  };

  it.each([
    ["two Hosts", "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"],
    ["an unknown expectation", "GET /healthz HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n"],
    [
      "an unknown transfer coding",
      "POST /data HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    ],
    ["chunks that are not read", "POST /nope HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    [
      "a large body that is not read",
      `POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n${"x".repeat(70_000)}`,
    ],
    ["an upgrade request", "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"],
    ["Connection: close", "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"],
    ["nonsense", "nonsense\r\n\r\n"],
  ])("is not carried out, sent at once or a moment later: %s", async (name, first) => {
    for (const delayMs of [0, 150]) {
      const client = `${name} ${delayMs}`;
      const { socket, closed, text } = await open(delayMs === 0 ? first + create(client) : first);
      await wait(delayMs);
      if (delayMs > 0) socket.write(create(client));
      await closed;
      expect(text().match(/HTTP\/1\.1 \d+/g)).toHaveLength(1);
      const lookUp = aRequest(`/v1/clients/${encodeURIComponent(client)}`, [`x-api-key: ${secret}`]);
      expect((await sendRaw(service.port, lookUp)).status).toBe(404);
    }
  });

  it("is carried out when the connection stays open", async () => {
    const body = '{"name":"first of two"}';
    const first = `${head([`Content-Length: ${body.length}`])}${body}`.replace("Connection: close\r\n", "");
    const { closed, text } = await open(first + create("second of two"));
    await closed;
    expect(text().match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 201", "HTTP/1.1 201"]);
  });
});

describe("a client that sends nonsense while it waits for a response", () => {
  it("gets one event listener, not one for each chunk", async () => {
    const warnings: string[] = [];
    process.on("warning", ({ name }) => warnings.push(name));
    const { socket, closed } = await open("GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: a\r\n\r\n".repeat(5));
    socket.pause();
    for (let count = 0; count < 30; count++) {
      socket.write("nonsense\r\n\r\n");
      await wait(5);
    }
    socket.resume();
    await closed;
    expect(warnings).toEqual([]);
  });
});

describe("a client that resets its connection", () => {
  it.each([
    "CONNECT a:80 HTTP/1.1\r\n\r\n",
    "nonsense\r\n\r\n",
    "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: a\r\n\r\n",
  ])("does not end the service, after %j", async (last) => {
    for (let count = 0; count < 50; count++) {
      const { socket, closed } = await open("GET /problems HTTP/1.1\r\nHost: a\r\n\r\n".repeat(20) + last);
      socket.resetAndDestroy();
      await closed;
    }
    expect((await sendRaw(service.port, aRequest("/healthz"))).status).toBe(200);
  });
});

describe("connections above the limit", () => {
  it("are closed at once, and open ones continue", async () => {
    const first = await open();
    const rest: Socket[] = [];
    for (let count = 0; count < 450; count++) rest.push((await open()).socket);
    while (rest.filter((socket) => socket.closed).length < 50) await wait(10);
    first.socket.write(aRequest("/healthz"));
    await first.closed;
    expect(parseResponse(first.text()).status).toBe(200);
    for (const socket of rest) socket.destroy();
    // The service closes connections above its limit without a response, until it has noticed those that ended.
    while ((await sendRaw(service.port, aRequest("/healthz"))).status !== 200) await wait(10);
  });
});
