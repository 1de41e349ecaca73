import { writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { FLUSH_EVERY_MS } from "../../src/service/usage-recorder.ts";
import { openDatabase } from "../../src/store/database/database.ts";
import { foldUsage } from "../../src/store/usage/journal.ts";
import { HEALTHY } from "../support/model/contract.ts";
import { createDice } from "../support/model/dice.ts";
import { startLatchkey } from "../support/process/child.ts";
import { temporaryFolder } from "../support/temporary.ts";

const KILLS = 20;
const CALLERS = 4;
const FLUSHES_MS = 3_000;

const KINDS = ["quota", "usage"] as const;
type Kind = (typeof KINDS)[number];

const ROOT = `x-latchkey:
  defaultPlan: all
  plans: { all: { quotas: { monthly: { requests: 1000000000, period: month } } } }
servers:`;

const folder = temporaryFolder();
const path = join(folder, "contract.yaml");
const database = join(folder, "latchkey.db");
writeFileSync(path, HEALTHY.replace("servers:", ROOT));
const environment = {
  PORT: "0",
  DATABASE_URL: `sqlite:${database}`,
  LATCHKEY_CONTRACT: path,
  // No upstream is there. What fails is refunded, so the test calls built-in operations.
  LATCHKEY_UPSTREAM: "http://127.0.0.1:1",
};

/** The stored sums: units of the quota, and responses to the same calls. */
const stored = async () => {
  const db = await openDatabase(environment.DATABASE_URL);
  await foldUsage(db);
  const quota = await sql<{ sum: number }>`select ifnull(sum(used), 0) as sum from quota_usage`.execute(db);
  const usage = await sql<{ sum: number }>`
    select ifnull(sum(requests), 0) as sum from usage_days join usage_series on usage_series.id = series_id
    where operation = 'getOwnKey' and status_class = 2`.execute(db);
  await db.destroy();
  return { quota: quota.rows[0]?.sum ?? 0, usage: usage.rows[0]?.sum ?? 0 };
};

/**
 * Notes when each new sum was not in the database yet, for the last time, until `ms` after each kind has been written
 * twice. On a busy machine it is seen much later than it was written.
 */
async function watchWrites(file: string, ms: number) {
  const db = new DatabaseSync(file, { readOnly: true });
  const sums = {
    quota: "select ifnull(sum(used), 0) as sum from quota_usage",
    usage: `select (select ifnull(sum(requests), 0) from usage_days)
      + (select ifnull(sum(row.value ->> 1), 0) from usage_journal, json_each(counts, '$[0]') as row) as sum`,
  };
  const writtenAt: Record<Kind, number[]> = { quota: [], usage: [] };
  const last: Partial<Record<Kind, unknown>> = {};
  let lookedAt = performance.now();
  const look = async () => {
    const startedAt = performance.now();
    for (const kind of KINDS) {
      const sum = db.prepare(sums[kind]).get()?.["sum"];
      if (last[kind] !== undefined && last[kind] !== sum) writtenAt[kind].push(lookedAt);
      last[kind] = sum;
    }
    lookedAt = startedAt;
    await wait(5);
  };
  while (KINDS.some((kind) => writtenAt[kind].length < 2)) await look();
  for (const endsAt = performance.now() + ms; performance.now() < endsAt; ) await look();
  db.close();
  return writtenAt;
}

describe("a service that is killed while it counts", () => {
  it("writes what it counted several times a second", () => {
    expect(FLUSH_EVERY_MS).toBeLessThanOrEqual(200);
  });

  it(`${KILLS} times loses at most what came after the write before the last, and counts nothing twice`, async () => {
    const dice = createDice(7);
    const { out } = await startLatchkey(
      ["keys", "create", "--client", "a", "--create-client", "--scope", "data:read", "--json"],
      environment,
    ).ended;
    const { secret } = JSON.parse(out);
    let acknowledged = 0;
    let before = { quota: 0, usage: 0 };
    for (let kill = 0; kill < KILLS; kill++) {
      const service = startLatchkey(["serve"], environment);
      const [, url = ""] = await service.out.until(/"url":"([^"]+)"/);
      const agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
      const respondedAt: number[] = [];
      let isOver = false;
      const caller = async () => {
        while (!isOver) {
          if (!(await call(`${url}/v1/key`, secret, agent))) return;
          respondedAt.push(performance.now());
        }
      };
      const callers = Promise.all(Array.from({ length: CALLERS }, caller));
      const writtenAt = await watchWrites(database, dice.below(700));
      service.process.kill("SIGKILL");
      isOver = true;
      await Promise.all([callers, service.ended]);
      agent.destroy();

      acknowledged += respondedAt.length;
      const now = await stored();
      for (const kind of KINDS) {
        // The last write began after the one before it had ended, so it contains everything acknowledged before that.
        const old = respondedAt.filter((at) => at < (writtenAt[kind].at(-2) ?? 0)).length;
        expect(now[kind] - before[kind]).toBeGreaterThanOrEqual(old);
        expect(now[kind] - before[kind]).toBeLessThanOrEqual(respondedAt.length + CALLERS);
      }
      before = now;
    }
    expect(acknowledged).toBeGreaterThan(1_000);
  });

  it("loses nothing and counts nothing twice, over many flushes and an orderly stop", async () => {
    const before = await stored();
    const service = startLatchkey(["serve"], environment);
    const [, url = ""] = await service.out.until(/"url":"([^"]+)"/);
    const { out } = await startLatchkey(
      ["keys", "create", "--client", "a", "--scope", "data:read", "--json"],
      environment,
    ).ended;
    const agent = new Agent({ keepAlive: true });
    const endsAt = performance.now() + FLUSHES_MS;
    let calls = 0;
    for (; performance.now() < endsAt; calls++) {
      expect(await call(`${url}/v1/key`, JSON.parse(out).secret, agent)).toBe(true);
    }
    agent.destroy();
    service.process.kill("SIGTERM");
    await service.ended;
    expect(await stored()).toEqual({ quota: before.quota + calls, usage: before.usage + calls });
  });
});

/** Returns false when the service is gone. */
function call(url: string, secret: string, agent: Agent): Promise<boolean> {
  return new Promise((resolve) => {
    const req = request(url, { agent, headers: { "x-api-key": secret } }, (response) => {
      response.resume().once("error", () => resolve(false));
      response.once("end", () => resolve(response.statusCode === 200));
    });
    req.once("error", () => resolve(false));
    req.end();
  });
}
