import { connect } from "node:net";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { aService } from "../../support/service.ts";

const service = aService({ LOG_LEVEL: "info" });
let secret = "";

beforeAll(async () => {
  ({ secret } = await service.issue({ scopes: ["data:read"] }));
});

const COUNT = 600;

/** Sends the same request so often, on one connection, and reads all answers. */
async function flood(request: string): Promise<void> {
  const socket = connect(service.port, "127.0.0.1");
  socket.write(request.repeat(COUNT));
  let text = "";
  socket.setEncoding("latin1");
  for await (const piece of socket) {
    text += piece;
    if ((text.match(/HTTP\/1\.1 \d/g) ?? []).length === COUNT) break;
  }
}

const linesOf = (code: string) => service.logged().filter((line) => line["msg"] === code);
const suppressed = (code: string) =>
  service
    .logged()
    .filter((line) => line["msg"] === `more like this were not logged: ${code}`)
    .reduce((sum, line) => sum + Number(line["suppressed"]), 0);

describe("a flood of refusals", () => {
  it("from unknown callers is logged in part, then as a count", async () => {
    await flood("GET /data HTTP/1.1\r\nHost: a\r\n\r\n");
    const seconds = new Set(linesOf("key-missing").map(({ time }) => String(time).slice(0, 19)));
    while (linesOf("key-missing").length + suppressed("key-missing") < COUNT)
      await new Promise((resolve) => setTimeout(resolve, 50));
    // The clock is read once for the window and once for the line.
    expect(linesOf("key-missing").length).toBeLessThanOrEqual(50 * (seconds.size + 1));
    expect(linesOf("key-missing").length + suppressed("key-missing")).toBe(COUNT);
  });

  it("to a key is logged line by line", async () => {
    await flood(`GET /secret-data HTTP/1.1\r\nHost: a\r\nX-API-Key: ${secret}\r\n\r\n`);
    expect(linesOf("rate-limited").length + linesOf("scope-missing").length).toBe(COUNT);
  });
});
