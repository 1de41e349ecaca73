import { spawnSync } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { LATCHKEY, startLatchkey } from "../support/process/child.ts";
import { aFreePort, isOpen } from "../support/process/ports.ts";
import { temporaryFolder } from "../support/temporary.ts";

const settings = {
  DATABASE_URL: `sqlite:${join(temporaryFolder(), "steady.db")}`,
  LATCHKEY_METRICS: "open",
  // The test would keep what is said of each refusal.
  LOG_LEVEL: "warn",
  LATCHKEY_FAILED_KEYS_PER_MINUTE: "0",
};

const [CONNECTIONS, AT_ONCE] = [8, 50];
const MIB = 2 ** 20;

/** Sends `count` requests on each of some connections, a batch at a time, and resolves when all are answered. */
function flood(port: number, batch: string, count: number): Promise<unknown> {
  const lane = () =>
    new Promise<void>((resolve, reject) => {
      let [forwardAuth, answered] = [0, 0];
      const socket = connect(port, "127.0.0.1").setEncoding("latin1").on("error", reject);
      const send = () => {
        forwardAuth += AT_ONCE;
        socket.write(batch);
      };
      socket.on("data", (text: unknown) => {
        answered += String(text).split("X-Request-Id: ").length - 1;
        if (answered < forwardAuth) return;
        if (forwardAuth < count) return send();
        socket.destroy();
        resolve();
      });
      send();
    });
  return Promise.all(Array.from({ length: CONNECTIONS }, lane));
}

/** What is alive, in MiB: the least that the heap was seen to hold while `work` went on. */
async function leastHeap(url: string, work: Promise<unknown>): Promise<number> {
  let [least, isOver] = [Number.POSITIVE_INFINITY, false];
  const over = () => {
    isOver = true;
  };
  work.then(over, over);
  while (!isOver) {
    const text = await (await fetch(`${url}/metrics`)).text();
    await wait(20);
    const [, bytes] = /^latchkey_nodejs_heap_size_used_bytes (\S+)$/m.exec(text) ?? [];
    least = Math.min(least, Number(bytes) / MIB);
  }
  await work;
  return least;
}

function latchkey(words: string): string {
  const [program = "", ...rest] = [...LATCHKEY, ...words.split(" ")];
  const { stdout } = spawnSync(program, rest, { env: { ...process.env, ...settings }, encoding: "utf8" });
  return stdout;
}

describe("a million requests", () => {
  it("leave nothing in memory: admitted, refused, and with keys that are none", async () => {
    const { secret } = JSON.parse(latchkey("keys create --client a --create-client --scope data:read --json"));
    latchkey("clients update a --plan unlimited");
    const port = await aFreePort();
    const child = startLatchkey(["serve"], { ...settings, PORT: String(port) });
    while (!(await isOpen(port))) await wait(50);
    const url = `http://127.0.0.1:${port}`;
    const headers = ["", "x-api-key: junk\r\n", ...Array.from({ length: 8 }, () => `x-api-key: ${secret}\r\n`)];
    const requests = headers.map((header) => `GET /data HTTP/1.1\r\nHost: a\r\n${header}\r\n`);
    const batch = requests.join("").repeat(AT_ONCE / requests.length);
    const send = (count: number) => leastHeap(url, flood(port, batch, count / CONNECTIONS));
    await send(100_000);
    const before = await send(100_000);
    await send(1_000_000);
    // Two bytes for each request in between. On a busy machine a short run may see no collection, so there are a few.
    let grown = Number.POSITIVE_INFINITY;
    for (let tries = 0; grown >= 2 && tries < 5; tries++) grown = (await send(100_000)) - before;
    expect(grown).toBeLessThan(2);
    child.process.kill("SIGTERM");
    expect((await child.ended).code).toBe(0);
  });
});
