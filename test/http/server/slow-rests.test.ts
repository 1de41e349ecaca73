import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterAll, describe, expect, it } from "@jest/globals";
import { createRestWatch } from "../../../src/http/server/slow-rests.ts";

describe("a client that goes on sending a body after the response", () => {
  const latest = new Map<object, ServerResponse>();
  const watch = createRestWatch({ latestOn: (socket) => latest.get(socket) });
  const ended = new Set<Socket>();
  const server = createServer((req, res) => {
    latest.set(req.socket, res);
    req.socket.destroySoon = () => void ended.add(req.socket);
    res.end("refused");
  });
  server.on("connection", watch.watch);
  afterAll(() => void server.close());

  /** A connection whose request has been responded to, while `bytes` of its body are missing. */
  const aConnection = async (bytes: number) => {
    if (!server.listening) await once(server.listen(0, "127.0.0.1"), "listening");
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
    const asked = once(server, "request");
    client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes + 1}\r\n\r\na`);
    const [req] = (await asked) as [IncomingMessage];
    await once(client, "data");
    return { client, req };
  };
  const checks = (count: number) => {
    for (let check = 0; check < count; check++) watch.check();
  };

  it("has ten seconds for the rest", async () => {
    const { client, req } = await aConnection(5);
    checks(9);
    expect(ended.has(req.socket)).toBe(false);
    client.write("b");
    watch.check();
    expect(ended.has(req.socket)).toBe(true);
    client.destroy();
  });

  it("keeps its connection once the rest is there", async () => {
    const { client, req } = await aConnection(5);
    checks(9);
    const complete = once(req, "close");
    client.write("bbbbb");
    await complete;
    checks(20);
    expect(ended.has(req.socket)).toBe(false);
    client.destroy();
  });
});
