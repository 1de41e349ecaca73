import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { Agent, createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { type Child, LATCHKEY, startLatchkey } from "../support/process/child.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { askOn, keepAsking } from "../support/wire/keep-asking.ts";

const WORKERS = 3;
const folder = temporaryFolder();
const settings = {
  PORT: "0",
  DATABASE_URL: `sqlite:${join(folder, "team.db")}`,
  LATCHKEY_METRICS: "open",
  LATCHKEY_WORKERS: String(WORKERS),
};

/** Runs a command beside the team, on the same store. */
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

/** Connections of one request at a time; the team takes them in turn. */
function connections(count: number): readonly Agent[] {
  return Array.from({ length: count }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
}

/** Asks on all connections at once, `each` times on every one, and counts the answers by status. */
async function askAll(url: string, agents: readonly Agent[], each: number, headers: Record<string, string>) {
  const counts: Record<number, number> = {};
  const work = async (agent: Agent) => {
    for (let count = 0; count < each; count++) {
      const { status } = await askOn(url, agent, headers);
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

/** The processes that serve, as the system knows them. */
function membersOf({ process: { pid } }: Child): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
}

/** How many answers the store knows of. */
function countedFor(client: string): number {
  const { series } = latchkey(`usage --client ${client}`) as { readonly series: readonly Row[] };
  return series.flatMap(({ points }) => points).reduce((sum, { requests }) => sum + requests, 0);
}

let team: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  team = await start();
});

describe(`a team of ${WORKERS}`, () => {
  it("serves with all of them, and shows the metrics of all", async () => {
    const { secret } = issue("everybody");
    expect(membersOf(team.child)).toHaveLength(WORKERS);
    expect(await askAll(`${team.url}/data`, connections(6), 10, { "x-api-key": secret })).toEqual({ 200: 60 });
    const text = await metrics(team.url);
    const counts = [...text.matchAll(/requests_total\{operation="getData"[^}]*member="(\d+)"[^}]*\} (\d+)/g)];
    expect(new Set(counts.map(([, member]) => member)).size).toBe(WORKERS);
    expect(counts.reduce((sum, [, , count]) => sum + Number(count), 0)).toBe(60);
    expect(text).toContain(`latchkey_team_members ${WORKERS}`);
    // Prometheus takes only one heading for a metric.
    const headings = text.match(/^# TYPE \S+/gm) ?? [];
    expect(new Set(headings).size).toBe(headings.length);
  });

  it.each([
    ["the burst of a limit", "perKey=1/86400s+50", 50],
    ["a quota", "perKey=1000000/1s+100000,monthly=70", 70],
  ])("admits exactly as many as one process would, of %s", async (_case, terms, admitted) => {
    const client = `limited-${admitted}`;
    latchkey(`clients create ${client} --plan free`);
    const { secret } = issue(client);
    latchkey(`clients limits ${client} --set ${terms}`);
    const counts = await askAll(`${team.url}/data`, connections(30), 10, { "x-api-key": secret });
    expect(counts).toEqual({ 200: admitted, 429: 300 - admitted });
  });

  it("refuses a key everywhere from the moment that its revocation is acknowledged", async () => {
    const { secret, id } = issue("leaked");
    const agents = connections(12);
    expect(await askAll(`${team.url}/data`, agents, 5, { "x-api-key": secret })).toEqual({ 200: 60 });
    latchkey(`keys revoke ${id} --yes`);
    expect(await askAll(`${team.url}/data`, agents, 5, { "x-api-key": secret })).toEqual({ 401: 60 });
  });

  it("replaces a worker that is killed; the others go on, and what was counted stays", async () => {
    latchkey("clients create survivor --plan free");
    const { secret } = issue("survivor");
    latchkey("clients limits survivor --set perKey=1/86400s+40");
    const headers = { "x-api-key": secret };
    expect(await askAll(`${team.url}/data`, connections(9), 4, headers)).toEqual({ 200: 36 });
    // Longer than anything is on lease, and counts are on their way.
    await wait(1_000);
    const before = membersOf(team.child);
    process.kill(before[0] ?? 0, "SIGKILL");
    await team.child.out.until(/"a worker ended and is replaced"/);
    const others = await askAll(`${team.url}/data`, connections(6), 1, headers);
    expect(others).toEqual({ 200: 4, 429: 2 });
    while (membersOf(team.child).length < WORKERS) await wait(50);
    expect(membersOf(team.child)).not.toContain(before[0]);
    while (!(await metrics(team.url)).includes(`latchkey_team_members ${WORKERS}`)) await wait(50);
    await wait(1_000);
    expect(countedFor("survivor")).toBe(42);
  });

  it("takes keys that are tried from one address all together: no more than the settings say", async () => {
    const { child, url } = await start({ LATCHKEY_FAILED_KEYS_PER_MINUTE: "30" });
    const counts = await askAll(`${url}/data`, connections(15), 10, { "x-api-key": "junk" });
    expect(counts[401]).toBeGreaterThanOrEqual(10);
    expect(counts[401]).toBeLessThanOrEqual(32);
    expect((counts[401] ?? 0) + (counts[429] ?? 0)).toBe(150);
    child.process.kill("SIGTERM");
    await child.ended;
  });

  it("has one port, also when none of its workers is left and all are replaced", async () => {
    const before = membersOf(team.child);
    for (const pid of before) process.kill(pid, "SIGKILL");
    while (membersOf(team.child).filter((pid) => !before.includes(pid)).length < WORKERS) await wait(50);
    const isUp = () =>
      fetch(`${team.url}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      );
    while (!(await isUp())) await wait(50);
    while (!(await metrics(team.url)).includes(`latchkey_team_members ${WORKERS}`)) await wait(50);
  });

  it("ends at SIGTERM without cutting anybody off, and has counted everything", async () => {
    latchkey("clients create late --plan free");
    const { secret } = issue("late");
    // On a quick machine they ask more often than any plan allows.
    latchkey("clients limits late --set perKey=1000000/1s+1000000,monthly=100000000");
    const asking = Array.from({ length: 20 }, () => keepAsking(`${team.url}/data`, { "x-api-key": secret }));
    await wait(300);
    team.child.process.kill("SIGTERM");
    const seen = await Promise.all(asking);
    expect((await team.child.ended).code).toBe(0);
    expect(seen.filter(({ failures, wasTold }) => failures > 0 || !wasTold)).toEqual([]);
    expect(countedFor("late")).toBe(seen.reduce((sum, { answers }) => sum + answers, 0));
  });
});

describe("a team before an API with a limit per address", () => {
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
    expect(await askAll(`${url}/open`, connections(50), 20, {})).toEqual({ 200: 180, 429: 820 });
    child.process.kill("SIGTERM");
    await child.ended;
    upstream.close();
  });
});

describe("a team whose workers die, twenty times", () => {
  /** Calls without end, until it is told to stop. Without a key: what counts is that a call is answered. */
  function startCalling(url: string, agent: Agent) {
    const seen = { answers: 0, failures: 0 };
    let isOver = false;
    const call = async () => {
      while (!isOver) {
        const isAnswered = await askOn(url, agent).then(
          ({ status }) => status === 401,
          () => false,
        );
        seen[isAnswered ? "answers" : "failures"]++;
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

  it("fails no call but one on each connection of the worker that died", async () => {
    const { child, url } = await start({ DATABASE_URL: `sqlite:${join(folder, "deaths.db")}`, LATCHKEY_WORKERS: "2" });
    const isWhole = async () => (await metrics(url).catch(() => "")).includes("latchkey_team_members 2");
    const failures: number[] = [];
    for (let death = 0; death < 20; death++) {
      await until(isWhole);
      const callers = connections(6).map((agent) => startCalling(`${url}/data`, agent));
      try {
        await until(async () => callers.every(({ seen }) => seen.answers > 5));
        const victim = membersOf(child)[0] ?? 0;
        process.kill(victim, "SIGKILL");
        const reached = callers.map(({ seen }) => seen.answers);
        await until(async () => !membersOf(child).includes(victim) && (await isWhole()));
        // Those that failed have gone on elsewhere.
        await until(async () => callers.every(({ seen }, index) => seen.answers > (reached[index] ?? 0) + 5));
      } finally {
        await Promise.all(callers.map(({ stop }) => stop()));
      }
      const failed = callers.map(({ seen }) => seen.failures);
      // A worker is handed one connection at a time: that one may have been on its way to the dead one, as the second of its caller.
      expect(failed.filter((count) => count > 1)).toEqual(failed.includes(2) ? [2] : []);
      failures.push(...failed);
    }
    child.process.kill("SIGTERM");
    expect((await child.ended).code).toBe(0);
    // Otherwise no death was felt, or every death by every connection.
    expect(failures).toEqual(expect.arrayContaining([0, 1]));
  });
});

describe("a team that cannot start", () => {
  it("says why, once, and ends", async () => {
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

describe("a lead that is killed", () => {
  it("leaves workers that answer what they have accepted, and count it", async () => {
    const { child, url } = await start();
    const { secret } = issue("orphaned");
    latchkey("clients limits orphaned --unlimited");
    const asking = Array.from({ length: 20 }, () => keepAsking(`${url}/data`, { "x-api-key": secret }));
    const members = membersOf(child);
    await until(async () => countedFor("orphaned") > 100);
    child.process.kill("SIGKILL");
    const seen = await Promise.all(asking);
    expect(seen.filter(({ failures, wasTold }) => failures > 0 || !wasTold)).toEqual([]);
    while (members.some(isThere)) await wait(50);
    expect(countedFor("orphaned")).toBe(seen.reduce((sum, { answers }) => sum + answers, 0));
  });

  it("leaves nobody behind", async () => {
    const { child, url } = await start();
    const members = membersOf(child);
    child.process.kill("SIGKILL");
    await child.ended;
    while (members.some(isThere)) await wait(50);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function until(isSo: () => Promise<boolean>) {
  while (!(await isSo())) await wait(50);
}
