import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { describe, expect, it } from "@jest/globals";
import { drain } from "../../src/http/drain.ts";
import { exchangeRaw } from "../support/raw.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

async function aServer(answer: () => Promise<void> = async () => {}) {
  const server = createServer(async (_req, res) => {
    await answer();
    res.end("done");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

describe("the end of a server", () => {
  it("comes at once when nobody is connected", async () => {
    const { server } = await aServer();
    await drain(server);
    expect(server.listening).toBe(false);
  });

  it("waits for the answer that is under way", async () => {
    let finish = () => {};
    const { server, port } = await aServer(() => new Promise((resolve) => (finish = resolve)));
    const answer = exchangeRaw(port, REQUEST, 3_000);
    await once(server, "request");
    const drained = drain(server);
    while (server.listening) await new Promise((resolve) => setTimeout(resolve, 10));
    finish();
    expect(await answer).toContain("done");
    await drained;
  });

  it("takes those in that still come, and closes connections on which nothing happens", async () => {
    const { server, port } = await aServer();
    const idle = connect(port, "127.0.0.1");
    idle.write(REQUEST);
    await once(idle, "data");
    const drained = drain(server);
    expect(await exchangeRaw(port, REQUEST)).toContain("done");
    await drained;
    expect(server.listening).toBe(false);
  });
});
