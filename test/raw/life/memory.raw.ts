import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "@jest/globals";
import { startLatchkey } from "../../support/process/child.ts";
import { aService } from "../../support/service.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const service = aService();

const collect = () => {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
};

/** Sends these requests one after the other on one connection, and resolves after the last response. */
function sendAll(requests: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let responses = 0;
    const socket = connect(service.port, "127.0.0.1");
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      responses += chunk.toString("latin1").split("HTTP/1.1 ").length - 1;
      if (responses < requests.length) return void (requests[responses] && socket.write(requests[responses] as string));
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
    ["on an operation with a body, without a key", "POST /v1/clients"],
  ])("%s leave nothing behind", async (_, line) => {
    const flood = (from: number, count: number) =>
      Array.from(
        { length: count },
        (_, at) => `${line} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x${from + at}\r\n\r\n`,
      );
    await sendAll(flood(0, 2_000));
    const before = collect();
    await sendAll(flood(2_000, 10_000));
    // The log of the test keeps a line or two for each response; a cache in the validator would keep 8 KiB.
    expect((collect() - before) / 10_000).toBeLessThan(3 * KIB);
  });
});

const folder = temporaryFolder();
const onLinux = existsSync("/proc/self/status") ? it : it.skip;

function residentKibOf(pid: number | undefined): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kib);
}

/** The resident memory of a new service, two seconds after its start. */
async function residentKib(): Promise<number> {
  const child = startLatchkey(["serve"], { PORT: "0", DATABASE_URL: `sqlite:${join(folder, "latchkey.db")}` });
  await child.out.until(/"listening"/);
  await wait(2_000);
  const kib = residentKibOf(child.process.pid);
  child.process.kill("SIGTERM");
  await child.ended;
  return kib;
}

describe("a service without any request", () => {
  onLinux("uses less than 150 MB of memory, once its code is compiled", async () => {
    await residentKib();
    expect(await residentKib()).toBeLessThan(150 * KIB);
  });
});

const OPEN = `openapi: 3.1.1
info: { title: Open, version: 1.0.0 }
servers: [{ url: / }]
paths:
  /open: { get: { operationId: open, security: [], responses: { '200': { description: Fine. } } } }
`;

describe("requests that are pipelined behind one to which the upstream does not respond", () => {
  /** Sends `bytes` on each of `connections`, as far as the service reads them. @returns how much its memory grows. */
  const growthKib = async (connections: number, bytes: number) => {
    const upstream = createServer(() => {});
    await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
    const contract = join(folder, "open.yaml");
    writeFileSync(contract, OPEN);
    const child = startLatchkey(["serve"], {
      PORT: "0",
      DATABASE_URL: `sqlite:${join(folder, "open.db")}`,
      LATCHKEY_CONTRACT: contract,
      LATCHKEY_LENIENT: "true",
      LATCHKEY_UPSTREAM: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
    });
    const [, port = ""] = await child.out.until(/"url":"[^"]+:(\d+)"/);
    const before = residentKibOf(child.process.pid);
    const request = "GET /open HTTP/1.1\r\nHost: a\r\n\r\n";
    const text = request.repeat(bytes / request.length);
    const sockets: Socket[] = [];
    for (let count = 0; count < connections; count++) {
      const socket = connect(Number(port), "127.0.0.1").on("error", () => {});
      socket.write(text);
      sockets.push(socket);
    }
    // The service has read all that it will read when nothing has moved for a while.
    const left = () => sockets.reduce((sum, { writableLength }) => sum + writableLength, 0);
    for (let [still, last] = [0, -1]; still < 20; ) {
      await wait(100);
      still = left() === last ? still + 1 : 0;
      last = left();
    }
    const after = residentKibOf(child.process.pid);
    for (const socket of sockets) socket.destroy();
    upstream.closeAllConnections();
    upstream.close();
    child.process.kill("SIGKILL");
    await child.ended;
    return after - before;
  };

  onLinux.each([
    ["45 MB on one connection", 1, 45_000_000, 100],
    ["1 MB on each of 100 connections", 100, 1_000_000, 500],
  ])("do not fill the memory: %s", async (_, connections, bytes, mib) => {
    expect(await growthKib(connections, bytes)).toBeLessThan(mib * KIB);
  });
});
