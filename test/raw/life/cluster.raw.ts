import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { Agent, createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { type Child, LATCHKEY, startLatchkey } from "../../support/process/child.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { keepRequesting, requestAfterPauseOn, requestOn } from "../../support/wire/keep-requesting.ts";

const WORKERS = 3;
const folder = temporaryFolder();
const settings = {
  PORT: "0",
  DATABASE_URL: `sqlite:${join(folder, "cluster.db")}`,
  LATCHKEY_METRICS: "open",
  LATCHKEY_WORKERS: String(WORKERS),
};

/** Runs a command next to the cluster, on the same store. */
function latchkey(words: string): Record<string, unknown> {
  const [program = "", ...rest] = [...LATCHKEY, ...words.split(" "), "--json"];
  const { stdout, stderr, status } = spawnSync(program, rest, {
    env: { ...process.env, ...settings },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${words}: ${stderr}`);
  return JSON.parse(stdout);
}

function issue(client: string): { readonly secret: string; readonly id: string } {
  const { secret, key } = latchkey(`keys create --client ${client} --create-client --scope data:read`);
  return { secret: String(secret), id: (key as { readonly id: string }).id };
}

type Row = { readonly points: readonly { readonly requests: number }[] };

/** Connections with one request at a time; the workers take them in turn. */
function connections(count: number): readonly Agent[] {
  return Array.from({ length: count }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
}

/** Sends `each` requests on every connection, all at the same time, and counts the responses by status. */
async function requestAll(url: string, agents: readonly Agent[], each: number, headers: Record<string, string>) {
  const counts: Record<number, number> = {};
  const work = async (agent: Agent) => {
    for (let count = 0; count < each; count++) {
      const { status } = await requestAfterPauseOn(url, agent, headers);
      counts[status] = (counts[status] ?? 0) + 1;
    }
  };
  await Promise.all(agents.map(work));
  return counts;
}

async function start(more: Record<string, string> = {}): Promise<{ readonly child: Child; readonly url: string }> {
  const child = startLatchkey(["serve"], { ...settings, ...more });
  const [, url = ""] = await child.out.until(/"url":"([^"]+)"/);
  return { child, url };
}

async function metrics(url: string): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

/** The process ids of the workers, from the operating system. */
function workersOf({ process: { pid } }: Child): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
}

/** How many requests of a client the store has counted. */
function countedFor(client: string): number {
  const { series } = latchkey(`usage --client ${client}`) as { readonly series: readonly Row[] };
  return series.flatMap(({ points }) => points).reduce((sum, { requests }) => sum + requests, 0);
}

/** The same, once at least `least` are counted: counts are written a moment after the response. */
async function countedAtLeast(least: number, client: string): Promise<number> {
  for (;;) {
    const counted = countedFor(client);
    if (counted >= least) return counted;
    await wait(50);
  }
}

let cluster: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  cluster = await start();
});

describe(`a cluster of ${WORKERS} workers`, () => {
  it("serves with all workers, and shows the metrics of all", async () => {
    const { secret } = issue("all-workers");
    expect(workersOf(cluster.child)).toHaveLength(WORKERS);
    expect(await requestAll(`${cluster.url}/data`, connections(6), 10, { "x-api-key": secret })).toEqual({ 200: 60 });
    const text = await metrics(cluster.url);
    const counts = [...text.matchAll(/requests_total\{operation="getData"[^}]*member="(\d+)"[^}]*\} (\d+)/g)];
    expect(new Set(counts.map(([, member]) => member)).size).toBe(WORKERS);
    expect(counts.reduce((sum, [, , count]) => sum + Number(count), 0)).toBe(60);
    expect(text).toContain(`latchkey_team_members ${WORKERS}`);
    // Prometheus accepts one TYPE line for each metric.
    const headings = text.match(/^# TYPE \S+/gm) ?? [];
    expect(new Set(headings).size).toBe(headings.length);
  });

  it.each([
    ["the burst of a limit", "perKey=1/86400s+50", 50],
    ["a quota", "perKey=1000000/1s+100000,monthly=70", 70],
  ])("admits exactly as many requests as one process would: %s", async (_case, terms, admitted) => {
    const client = `limited-${admitted}`;
    latchkey(`clients create ${client} --plan free`);
    const { secret } = issue(client);
    latchkey(`clients limits ${client} --set ${terms}`);
    const counts = await requestAll(`${cluster.url}/data`, connections(30), 10, { "x-api-key": secret });
    expect(counts).toEqual({ 200: admitted, 429: 300 - admitted });
  });

  it("refuses a key in every worker from the moment its revocation is acknowledged", async () => {
    const { secret, id } = issue("leaked");
    const agents = connections(12);
    expect(await requestAll(`${cluster.url}/data`, agents, 5, { "x-api-key": secret })).toEqual({ 200: 60 });
    latchkey(`keys revoke ${id} --yes`);
    expect(await requestAll(`${cluster.url}/data`, agents, 5, { "x-api-key": secret })).toEqual({ 401: 60 });
  });

  it("replaces a worker that is killed; the others continue, and nothing that was counted is lost", async () => {
    latchkey("clients create survivor --plan free");
    const { secret } = issue("survivor");
    latchkey("clients limits survivor --set perKey=1/86400s+40");
    const headers = { "x-api-key": secret };
    expect(await requestAll(`${cluster.url}/data`, connections(9), 4, headers)).toEqual({ 200: 36 });
    await countedAtLeast(36, "survivor");
    // Longer than any lease lasts.
    await wait(1_000);
    const before = workersOf(cluster.child);
    process.kill(before[0] ?? 0, "SIGKILL");
    await cluster.child.out.until(/"a worker ended and is replaced"/);
    const others = await requestAll(`${cluster.url}/data`, connections(6), 1, headers);
    expect(others).toEqual({ 200: 4, 429: 2 });
    while (workersOf(cluster.child).length < WORKERS) await wait(50);
    expect(workersOf(cluster.child)).not.toContain(before[0]);
    while (!(await metrics(cluster.url)).includes(`latchkey_team_members ${WORKERS}`)) await wait(50);
    expect(await countedAtLeast(42, "survivor")).toBe(42);
  });

  it("counts the failed keys of an address over all workers: no more than the setting allows", async () => {
    const { child, url } = await start({ LATCHKEY_FAILED_KEYS_PER_MINUTE: "30" });
    const counts = await requestAll(`${url}/data`, connections(15), 10, { "x-api-key": "junk" });
    expect(counts[401]).toBeGreaterThanOrEqual(10);
    expect(counts[401]).toBeLessThanOrEqual(32);
    expect((counts[401] ?? 0) + (counts[429] ?? 0)).toBe(150);
    child.process.kill("SIGTERM");
    await child.ended;
  });

  it("keeps its port when all workers are killed and replaced", async () => {
    const before = workersOf(cluster.child);
    for (const pid of before) process.kill(pid, "SIGKILL");
    while (workersOf(cluster.child).filter((pid) => !before.includes(pid)).length < WORKERS) await wait(50);
    const isUp = () =>
      fetch(`${cluster.url}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      );
    while (!(await isUp())) await wait(50);
    while (!(await metrics(cluster.url)).includes(`latchkey_team_members ${WORKERS}`)) await wait(50);
  });

  it("ends at SIGTERM without cutting off a client, and has counted everything", async () => {
    latchkey("clients create late --plan free");
    const { secret } = issue("late");
    // On a fast machine they send more requests than any plan allows.
    latchkey("clients limits late --set perKey=1000000/1s+1000000,monthly=100000000");
    const begun = Array.from({ length: 20 }, () => Promise.withResolvers<void>());
    const asking = begun.map(({ resolve }) => keepRequesting(`${cluster.url}/data`, { "x-api-key": secret }, resolve));
    await Promise.race([Promise.all(begun.map(({ promise }) => promise)), Promise.all(asking)]);
    cluster.child.process.kill("SIGTERM");
    const seen = await Promise.all(asking);
    expect((await cluster.child.ended).code).toBe(0);
    expect(seen.filter(({ failures, wasTold }) => failures > 0 || !wasTold)).toEqual([]);
    expect(countedFor("late")).toBe(seen.reduce((sum, { responses }) => sum + responses, 0));
  });
});

describe("a cluster in front of an API with a limit per address", () => {
  const CONTRACT = `openapi: 3.1.1
info: { title: Open, version: 1.0.0 }
servers: [{ url: / }]
x-latchkey:
  limits:
    visitors: { per: address, requests: 1, windowSeconds: 86400, burst: 180 }
paths:
  /open:
    get: { operationId: getOpen, security: [], responses: { '200': { description: It. } } }
`;

  it("admits as many requests without a key as one process would", async () => {
    const upstream = createHttpServer((_req, res) => void res.end("ok")).listen(0, "127.0.0.1");
    await once(upstream, "listening");
    const contract = join(folder, "open.yaml");
    writeFileSync(contract, CONTRACT);
    const { child, url } = await start({
      LATCHKEY_WORKERS: "2",
      LATCHKEY_CONTRACT: contract,
      LATCHKEY_LENIENT: "true",
      LATCHKEY_UPSTREAM: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
      DATABASE_URL: `sqlite:${join(folder, "open.db")}`,
    });
    expect(await requestAll(`${url}/open`, connections(50), 20, {})).toEqual({ 200: 180, 429: 820 });
    child.process.kill("SIGTERM");
    await child.ended;
    upstream.close();
  });
});

describe("a cluster whose workers are killed, twenty times", () => {
  /** Sends requests until it is stopped. Without a key, because only the fact of a response matters. */
  function startCalling(url: string, agent: Agent) {
    const seen = { responses: 0, failures: 0 };
    let isOver = false;
    const call = async () => {
      while (!isOver) {
        const hasResponse = await requestOn(url, agent).then(
          ({ status }) => status === 401,
          () => false,
        );
        seen[hasResponse ? "responses" : "failures"]++;
      }
      agent.destroy();
    };
    const ended = call();
    const stop = () => {
      isOver = true;
      return ended;
    };
    return { seen, stop };
  }

  it("fails at most one request on each connection of the killed worker", async () => {
    const { child, url } = await start({ DATABASE_URL: `sqlite:${join(folder, "deaths.db")}`, LATCHKEY_WORKERS: "2" });
    const isWhole = async () => (await metrics(url).catch(() => "")).includes("latchkey_team_members 2");
    const failures: number[] = [];
    for (let kill = 0; kill < 20; kill++) {
      await until(isWhole);
      const callers = connections(6).map((agent) => startCalling(`${url}/data`, agent));
      try {
        await until(async () => callers.every(({ seen }) => seen.responses > 5));
        const victim = workersOf(child)[0] ?? 0;
        process.kill(victim, "SIGKILL");
        const reached = callers.map(({ seen }) => seen.responses);
        await until(async () => !workersOf(child).includes(victim) && (await isWhole()));
        // Those that failed continue on another worker.
        await until(async () => callers.every(({ seen }, index) => seen.responses > (reached[index] ?? 0) + 5));
      } finally {
        await Promise.all(callers.map(({ stop }) => stop()));
      }
      const failed = callers.map(({ seen }) => seen.failures);
      // Connections are passed to workers one at a time. One may be on its way to the killed worker: the second failure
      // of its caller.
      expect(failed.filter((count) => count > 1)).toEqual(failed.includes(2) ? [2] : []);
      failures.push(...failed);
    }
    child.process.kill("SIGTERM");
    expect((await child.ended).code).toBe(0);
    // Some connections must fail and some must not, or the test shows nothing.
    expect(failures).toEqual(expect.arrayContaining([0, 1]));
  });
});

describe("a cluster that cannot start", () => {
  it("prints the reason once, and ends", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const { code, err } = await startLatchkey(["serve"], { ...settings, PORT: String(port) }).ended;
    taken.close();
    expect(code).toBe(1);
    expect(err.match(/The port is taken/g)).toHaveLength(1);
    expect(err).toContain("A worker could not start");
  });
});

describe("a primary that is killed", () => {
  it("leaves workers that respond to what they have accepted, and count it", async () => {
    const { child, url } = await start();
    const { secret } = issue("orphaned");
    latchkey("clients limits orphaned --unlimited");
    const asking = Array.from({ length: 20 }, () => keepRequesting(`${url}/data`, { "x-api-key": secret }));
    const workers = workersOf(child);
    await until(async () => countedFor("orphaned") > 100);
    child.process.kill("SIGKILL");
    const seen = await Promise.all(asking);
    expect(seen.filter(({ failures, wasTold }) => failures > 0 || !wasTold)).toEqual([]);
    while (workers.some(isRunning)) await wait(50);
    expect(countedFor("orphaned")).toBe(seen.reduce((sum, { responses }) => sum + responses, 0));
  });

  it("leaves no process behind", async () => {
    const { child, url } = await start();
    const workers = workersOf(child);
    child.process.kill("SIGKILL");
    await child.ended;
    while (workers.some(isRunning)) await wait(50);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function until(condition: () => Promise<boolean>) {
  while (!(await condition())) await wait(50);
}
