// The latency of an honest client while another one at the same address sends ten thousand invalid keys a second for
// half a minute: node scripts/bench/unknown-callers.ts [keys a second]. Prints the responses to the attacker, and both
// latencies.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { listeningPort, measure } from "./honest-client.ts";

const EACH_SECOND = Number(process.argv[2] ?? 10_000);
const ATTACKED_MS = 30_000;
const CONNECTIONS = 20;
/** The most requests in flight: an attacker that never waits would only fill buffers. */
const MAX_OPEN = 2_000;

if (isMainThread) await compare();
else attack(workerData as { readonly port: number; readonly perSecond: number });

async function compare() {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
  const env = {
    PORT: "0",
    LOG_LEVEL: "warn",
    DATABASE_URL: `sqlite:${join(folder, "latchkey.db")}`,
    PATH: process.env["PATH"],
  };
  const run = (words: string) =>
    execFileSync(process.execPath, ["src/cli/main.ts", ...words.split(" ")], { env, encoding: "utf8" });
  run("clients create honest --plan unlimited");
  const { secret } = JSON.parse(run("keys create --client honest --scope data:read --json"));
  const child = spawn(process.execPath, ["src/cli/main.ts", "serve"], {
    env: { ...env, LOG_LEVEL: "info" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = await listeningPort(child.stdout);
  const honest = { port, path: "/data", headers: { "x-api-key": secret } };
  await measure("to warm up", 3_000, honest);
  const alone = await measure("alone", 10_000, honest);
  const attacker = new Worker(new URL(import.meta.url), { workerData: { port, perSecond: EACH_SECOND } });
  const over = once(attacker, "message");
  const crowded = await measure("during the attack", ATTACKED_MS - 2_000, honest);
  const [{ statuses, seconds }] = await over;
  console.log({ requestsPerSecond: EACH_SECOND, responsesPerSecond: Math.round(sum(statuses) / seconds), statuses });
  console.log(`p99 during the attack: ${(crowded.p99 / alone.p99).toFixed(1)} times that alone`);
  child.kill("SIGTERM");
  await once(child, "exit");
  rmSync(folder, { recursive: true });
}

function sum(statuses: Readonly<Record<string, number>>): number {
  return Object.values(statuses).reduce((one, other) => one + other, 0);
}

function attack({ port, perSecond }: { readonly port: number; readonly perSecond: number }) {
  const statuses: Record<string, number> = {};
  const startedAt = performance.now();
  let [sent, received] = [0, 0];
  const sockets = Array.from({ length: CONNECTIONS }, () => {
    const socket = connect(port, "127.0.0.1");
    let rest = "";
    socket.setEncoding("latin1").on("data", (text) => {
      const heads = (rest + text).split("HTTP/1.1 ");
      rest = `HTTP/1.1 ${heads.pop()}`.slice(0, 200);
      for (const head of heads.filter((one) => /^\d{3} /.test(one))) {
        const status = head.slice(0, 3);
        statuses[status] = (statuses[status] ?? 0) + 1;
        received++;
      }
      // The last head is counted with the next data.
    });
    socket.on("error", () => {});
    return socket;
  });
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1000) * perSecond) - sent;
    const count = Math.min(due, MAX_OPEN - (sent - received));
    for (let index = 0; index < count; index++) {
      const junk = `lk_live_${String(++sent).padStart(38, "x")}`;
      sockets[sent % CONNECTIONS]?.write(`GET /data HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${junk}\r\n\r\n`);
    }
    if (performance.now() - startedAt < ATTACKED_MS) return;
    clearInterval(timer);
    for (const socket of sockets) socket.destroy();
    parentPort?.postMessage({ statuses, seconds: ATTACKED_MS / 1000 });
  }, 2);
}
