// Compares the gateway with a bare undici proxy, on one upstream: latency, throughput, and memory while streaming 1 GB.
// node scripts/bench/gateway.ts
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "undici";

const ROOT = join(import.meta.dirname, "../..");
const MAIN = join(ROOT, "src/cli/main.ts");
const [ROUNDS, ONE_BY_ONE, AT_ONCE, MANY] = [5, 1_000, 32, 4_000];

/** Each runs in its own process: an upstream, or a proxy that only forwards. */
const ROLES = {
  upstream: () => {
    const megabyte = Buffer.alloc(1_048_576);
    return createServer(async (req, res) => {
      if (req.url !== "/big") return void res.setHeader("content-type", "application/json").end('{"ok":true}');
      for (let count = 0; count < 1024; count++) if (!res.write(megabyte)) await once(res, "drain");
      res.end();
    });
  },
  bare: () => {
    const pool = new Pool(String(process.argv[3]), { connections: 256 });
    return createServer(async (req, res) => {
      const { statusCode, headers, body } = await pool.request({ path: req.url ?? "/", method: "GET" });
      res.writeHead(statusCode, headers as Record<string, string>);
      body.pipe(res);
    });
  },
};

const role = process.argv[2] as keyof typeof ROLES | undefined;
if (role) {
  const server = ROLES[role]();
  server.listen(0, "127.0.0.1", () =>
    console.log(`"url":"http://127.0.0.1:${(server.address() as AddressInfo).port}"`),
  );
} else await main();

async function main() {
  const folder = mkdtempSync(join(tmpdir(), "gateway-"));
  const contract = join(folder, "openapi.yaml");
  const operation = (id: string) =>
    `{ get: { operationId: ${id}, security: [{ ApiKey: [a:read] }], responses: { '200': { description: It. } } } }`;
  writeFileSync(
    contract,
    `openapi: 3.1.1\ninfo: { title: A, version: '1' }\npaths:\n  /small: ${operation("small")}\n  /big: ${operation("big")}\ncomponents:\n  securitySchemes:\n    ApiKey: { type: apiKey, in: header, name: x-api-key, x-scopes: { a:read: A. } }\n`,
  );
  const children: ChildProcess[] = [];
  const start = async (words: readonly string[], environment: NodeJS.ProcessEnv = {}) => {
    const child = spawn(process.execPath, words, { env: { ...process.env, ...environment } });
    children.push(child);
    for await (const text of child.stdout) {
      const [, url] = /"url":"([^"]+)"/.exec(String(text)) ?? [];
      if (url !== undefined) {
        child.stdout.resume();
        return { url, pid: child.pid ?? 0 };
      }
    }
    throw new Error(`${words.join(" ")} did not start`);
  };

  try {
    const upstream = await start([import.meta.filename, "upstream"]);
    const bare = await start([import.meta.filename, "bare", upstream.url]);
    const settings = {
      PORT: "0",
      DATABASE_URL: `sqlite:${folder}/latchkey.db`,
      LATCHKEY_CONTRACT: contract,
      LATCHKEY_UPSTREAM: upstream.url,
    };
    const latchkey = await start([MAIN, "serve"], settings);
    const issued = spawnSync(
      process.execPath,
      [MAIN, ..."keys create --client a --create-client --scope a:read --json".split(" ")],
      { env: { ...process.env, ...settings }, encoding: "utf8" },
    );
    const { secret } = JSON.parse(issued.stdout);
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
    const call = (url: string) =>
      new Promise<number>((resolve, reject) => {
        let bytes = 0;
        request(url, { agent, headers: { "x-api-key": secret } }, (res) => {
          if (res.statusCode !== 200) reject(new Error(`${url} returned ${res.statusCode}`));
          res.on("data", (piece: Buffer) => (bytes += piece.length)).on("end", () => resolve(bytes));
        })
          .on("error", reject)
          .end();
      });

    const contenders = { bare: bare.url, latchkey: latchkey.url };
    const results = {
      bare: { p50: [] as number[], rps: [] as number[] },
      latchkey: { p50: [] as number[], rps: [] as number[] },
    };
    for (const url of Object.values(contenders)) for (let count = 0; count < 500; count++) await call(`${url}/small`);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, url] of Object.entries(contenders) as [keyof typeof contenders, string][]) {
        const times: number[] = [];
        for (let count = 0; count < ONE_BY_ONE; count++) {
          const startedAt = performance.now();
          await call(`${url}/small`);
          times.push(performance.now() - startedAt);
        }
        results[name].p50.push(times.toSorted((one, other) => one - other)[ONE_BY_ONE / 2] ?? 0);
        const startedAt = performance.now();
        let left = MANY;
        await Promise.all(
          Array.from({ length: AT_ONCE }, async () => {
            while (left-- > 0) await call(`${url}/small`);
          }),
        );
        results[name].rps.push((MANY / (performance.now() - startedAt)) * 1000);
      }
    }
    const median = (values: readonly number[]) =>
      values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
    const [p50Bare, p50] = [median(results.bare.p50), median(results.latchkey.p50)];
    const [rpsBare, rps] = [median(results.bare.rps), median(results.latchkey.rps)];
    console.log(
      `p50, one at a time: bare ${p50Bare.toFixed(3)} ms, latchkey ${p50.toFixed(3)} ms, added ${(p50 - p50Bare).toFixed(3)} ms`,
    );
    console.log(
      `throughput, ${AT_ONCE} at once: bare ${rpsBare.toFixed(0)}/s, latchkey ${rps.toFixed(0)}/s, ratio ${(rps / rpsBare).toFixed(2)}`,
    );

    const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${latchkey.pid}/status`, "utf8"))?.[1]) / 1024;
    const before = rss();
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, rss())), 50);
    const bytes = await call(`${latchkey.url}/big`);
    clearInterval(watch);
    console.log(`1 GB streamed (${bytes} bytes): RSS ${before.toFixed(0)} MB before, ${most.toFixed(0)} MB at most`);
  } finally {
    for (const child of children) child.kill();
  }
}
