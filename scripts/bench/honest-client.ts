// The latency of an honest client, for benchmarks of what other clients do at the same time.
import { Agent, get, type RequestOptions } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

const PAUSE_MS = 5;

/** Sends one request after the other, prints the latencies and returns them. */
export async function measure(name: string, measuredMs: number, options: RequestOptions) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const latencies: number[] = [];
  for (const endsAt = performance.now() + measuredMs; performance.now() < endsAt; ) {
    const before = performance.now();
    await ask({ host: "127.0.0.1", agent, ...options });
    latencies.push(performance.now() - before);
    await wait(PAUSE_MS);
  }
  agent.destroy();
  latencies.sort((one, other) => one - other);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  const figures = { p50: at(0.5), p99: at(0.99), max: at(1 - Number.EPSILON) };
  const text = Object.entries(figures).map(([label, value]) => `${label} ${value.toFixed(2)} ms`);
  console.log(`${name}: ${latencies.length} requests, ${text.join(", ")}`);
  return figures;
}

function ask(options: RequestOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(options, (res) => {
      if (res.statusCode !== 200) reject(new Error(`An honest client got ${res.statusCode}.`));
      res.resume().on("end", resolve);
    });
    request.on("error", reject);
  });
}

/** Keeps reading afterwards, because a full pipe would slow the service down. */
export function listeningPort(output: NodeJS.ReadableStream): Promise<number> {
  return new Promise((resolve) => {
    output.setEncoding("utf8").on("data", (text: string) => {
      const [, found] = /"url":"http:\/\/127\.0\.0\.1:(\d+)"/.exec(text) ?? [];
      if (found !== undefined) resolve(Number(found));
    });
  });
}
