// The latency of an honest client while 3,000 others block connections: 1,000 never finish their headers, 1,000 never
// finish their body, and 1,000 do not read. Prints the latencies without and with them, and when the last of them was
// disconnected.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { listeningPort, measure } from "./honest-client.ts";

const EACH = 1_000;
const MEASURED_MS = 9_000;

// The attackers run in a separate thread, so that the honest client does not wait for them before it sends.
if (isMainThread) await compare();
else attackAll(workerData as number);

async function compare() {
  const child = spawn(process.execPath, ["src/cli/main.ts", "serve"], {
    env: { PORT: "0", DATABASE_URL: "sqlite::memory:", PATH: process.env["PATH"] },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = await listeningPort(child.stdout);

  const honest = { port, path: "/healthz" };
  const alone = await measure("alone", MEASURED_MS, honest);
  const attack = new Worker(new URL(import.meta.url), { workerData: port });
  const gone = once(attack, "message");
  const crowded = await measure(`beside ${3 * EACH} slow ones`, MEASURED_MS, honest);
  const [{ seconds, cutOff }] = await gone;
  console.log(
    `the last of them was disconnected after ${seconds.toFixed(1)} s; ${cutOff} were cut off without a response`,
  );
  console.log(`p99 beside them: ${(crowded.p99 / alone.p99).toFixed(1)} times that alone`);
  child.kill("SIGTERM");
  await once(child, "exit");
}

/** Opens all connections and waits until the service has ended each of them. @returns the longest lifetime. */
function attackAll(port: number) {
  let [open, cutOff, longestMs] = [0, 0, 0];
  const attack = (bytes: string, isDeaf: boolean) => {
    let connectedAt = performance.now();
    const socket = connect(port, "127.0.0.1", () => {
      connectedAt = performance.now();
      socket.write(bytes);
    });
    open++;
    if (isDeaf) socket.pause();
    else socket.resume();
    // A client that does not read notices the end only when it writes.
    const probe = isDeaf ? setInterval(() => socket.write("GET /healthz HTTP/1.1\r\n"), 500) : undefined;
    socket.on("error", () => cutOff++);
    socket.on("close", () => {
      clearInterval(probe);
      longestMs = Math.max(longestMs, performance.now() - connectedAt);
      if (--open === 0) parentPort?.postMessage({ seconds: longestMs / 1000, cutOff });
    });
  };
  for (let count = 0; count < EACH; count++) {
    attack("GET /data HTTP/1.1\r\nHost: localhost\r\n", false);
    attack("POST /v1/clients HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{", false);
    attack("GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(3), true);
  }
}
