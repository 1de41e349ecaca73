import { spawnSync } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { LATCHKEY, startLatchkey } from "../../support/process/child.ts";
import { aFreePort, isOpen } from "../../support/process/ports.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const settings = {
  DATABASE_URL: `sqlite:${join(temporaryFolder(), "steady.db")}`,
  LATCHKEY_METRICS: "open",
  // A lower level would log each refusal, and the test would keep the lines.
  LOG_LEVEL: "warn",
  LATCHKEY_FAILED_KEYS_PER_MINUTE: "0",
};

const PRELOAD = pathToFileURL(join(import.meta.dirname, "../../support/process/collected-heap.mjs")).href;
const [CONNECTIONS, AT_ONCE] = [8, 50];
const MIB = 2 ** 20;

/** Sends `count` requests on each of several connections, in batches, and resolves after the last response. */
function flood(port: number, batch: string, count: number): Promise<unknown> {
  const connection = () =>
    new Promise<void>((resolve, reject) => {
      let [sent, received] = [0, 0];
      const socket = connect(port, "127.0.0.1").setEncoding("latin1").on("error", reject);
      const send = () => {
        sent += AT_ONCE;
        socket.write(batch);
      };
      socket.on("data", (text: unknown) => {
        received += String(text).split("X-Request-Id: ").length - 1;
        if (received < sent) return;
        if (sent < count) return send();
        socket.destroy();
        resolve();
      });
      send();
    });
  return Promise.all(Array.from({ length: CONNECTIONS }, connection));
}

/** The live objects of the service, in MiB. */
async function heapOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const [, bytes] = /^latchkey_nodejs_heap_size_used_bytes (\S+)$/m.exec(text) ?? [];
  return Number(bytes) / MIB;
}

function latchkey(words: string): string {
  const [program = "", ...rest] = [...LATCHKEY, ...words.split(" ")];
  const { stdout } = spawnSync(program, rest, { env: { ...process.env, ...settings }, encoding: "utf8" });
  return stdout;
}

describe("a million requests", () => {
  it("leave nothing in memory: admitted, refused, and with invalid keys", async () => {
    const { secret } = JSON.parse(latchkey("keys create --client a --create-client --scope data:read --json"));
    latchkey("clients update a --plan unlimited");
    const port = await aFreePort();
    const child = startLatchkey(["serve"], { ...settings, PORT: String(port), NODE_OPTIONS: `--import=${PRELOAD}` });
    while (!(await isOpen(port))) await wait(50);
    const url = `http://127.0.0.1:${port}`;
    const headers = ["", "x-api-key: junk\r\n", ...Array.from({ length: 8 }, () => `x-api-key: ${secret}\r\n`)];
    const requests = headers.map((header) => `GET /data HTTP/1.1\r\nHost: a\r\n${header}\r\n`);
    const batch = requests.join("").repeat(AT_ONCE / requests.length);
    const send = async (count: number) => {
      await flood(port, batch, count / CONNECTIONS);
      return heapOf(url);
    };
    await send(100_000);
    const before = await send(100_000);
    // Two bytes for each request.
    expect((await send(1_000_000)) - before).toBeLessThan(2);
    child.process.kill("SIGTERM");
    expect((await child.ended).code).toBe(0);
  });
});
