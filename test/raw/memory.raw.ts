import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "@jest/globals";
import { startLatchkey } from "../support/child.ts";
import { aService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";

const service = aService();

const collect = () => {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
};

/** Sends these requests one after the other on one connection, and resolves when each is answered. */
function sendAll(requests: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let answered = 0;
    const socket = connect(service.port, "127.0.0.1");
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      answered += chunk.toString("latin1").split("HTTP/1.1 ").length - 1;
      if (answered < requests.length) return void (requests[answered] && socket.write(requests[answered] as string));
      socket.destroy();
      resolve();
    });
    socket.write(requests[0] ?? "");
  });
}

const KIB = 1024;

describe("10,000 distinct content types", () => {
  it.each([
    ["on an operation without a body", "GET /healthz"],
    ["on one with a body, without a key", "POST /v1/clients"],
  ])("%s leave nothing behind", async (_, line) => {
    const flood = (from: number, count: number) =>
      Array.from(
        { length: count },
        (_, at) => `${line} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x${from + at}\r\n\r\n`,
      );
    await sendAll(flood(0, 2_000));
    const before = collect();
    await sendAll(flood(2_000, 10_000));
    // The log of the test keeps a line or two per answer; the validator's cache would keep 8 KiB of each.
    expect((collect() - before) / 10_000).toBeLessThan(3 * KIB);
  });
});

const folder = temporaryFolder();
const onLinux = existsSync("/proc/self/status") ? it : it.skip;

/** The resident memory of a service of its own, two seconds after its start; then it ends. */
async function residentKib(): Promise<number> {
  const child = startLatchkey(["serve"], { PORT: "0", DATABASE_URL: `sqlite:${join(folder, "latchkey.db")}` });
  await child.out.until(/"listening"/);
  await wait(2_000);
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.process.pid}/status`, "utf8")) ?? [];
  child.process.kill("SIGTERM");
  await child.ended;
  return Number(kib);
}

describe("a service that nobody has called yet", () => {
  onLinux("has less than 150 MB of memory, once its code is compiled", async () => {
    await residentKib();
    expect(await residentKib()).toBeLessThan(150 * KIB);
  });
});
