// The cost of usage counts: node --expose-gc scripts/bench/usage.ts. First the cost of one event on the request path.
// Then a database with 1,000 clients x 20 operations, filled to the default retention: its size, the time to read 30
// days by hour for a client with 50 operations, and how long a flush of all of them blocks the event loop.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setImmediate as pause } from "node:timers/promises";
import { sql } from "kysely";
import { COMMAND_BOUNDS, readSeries } from "../../src/admin/read-usage.ts";
import { openDatabase } from "../../src/store/database/database.ts";
import type { Database } from "../../src/store/database/schema.ts";
import { addUsage } from "../../src/store/usage/add-usage.ts";
import { pruneUsage } from "../../src/store/usage/prune-usage.ts";
import { splitBatch } from "../../src/usage/batch.ts";
import { createMeter } from "../../src/usage/meter.ts";

const EVENTS = 2_000_000;
const CLIENTS = 1_000;
const OPERATIONS = 20;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;

function timeEvents() {
  const meter = createMeter();
  const events = Array.from({ length: 1_000 }, (_, index) => ({
    at: NOW,
    clientId: `client_${index % 50}`,
    keyId: `key_${String(index % 100).padStart(20, "0")}`,
    environment: "live",
    operation: `operation${index % OPERATIONS}`,
    statusClass: 2,
    code: "",
    cost: 1,
    bytesIn: 200,
    bytesOut: 500,
    durationMs: 0.2 + index / 500,
    network: "192.0.2.1",
  }));
  const round = () => {
    const startedAt = performance.now();
    for (let index = 0; index < EVENTS; index++) meter.record(events[index % events.length] as (typeof events)[number]);
    return ((performance.now() - startedAt) * 1000) / EVENTS;
  };
  round();
  const rounds = Array.from({ length: 5 }, round).toSorted((one, other) => one - other);
  console.log({ eventsOnTheRequestPath: EVENTS, usEach: rounds.map((us) => us.toFixed(3)) });
}

/** Uses SQL directly; a month of real traffic would take a month. */
async function fill(db: Database) {
  await sql`
    with recursive client (n) as (select 1 union all select n + 1 from client where n < ${CLIENTS}),
      operation (n) as (select 1 union all select n + 1 from operation where n < ${OPERATIONS})
    insert into usage_series (client_id, key_id, environment, operation, status_class, code)
    select 'client_' || client.n, 'key_' || client.n, 'live', 'operation' || operation.n, 2, '' from client, operation
  `.execute(db);
  await sql`
    with recursive operation (n) as (select 21 union all select n + 1 from operation where n < 50)
    insert into usage_series (client_id, key_id, environment, operation, status_class, code)
    select 'client_1', 'key_1', 'live', 'operation' || operation.n, 2, '' from operation
  `.execute(db);
  for (const [table, spanMs, count] of [
    ["usage_minutes", 60_000, 180],
    ["usage_hours", HOUR_MS, 32 * 24],
    ["usage_days", DAY_MS, 400],
  ] as const) {
    const last = NOW - (NOW % spanMs);
    await sql`
      with recursive time (at, n) as (select ${last}, 1 union all select at - ${spanMs}, n + 1 from time where n < ${count})
      insert into ${sql.table(table)} (series_id, at, requests, cost, bytes_in, bytes_out)
      select series.id, time.at, 100 + series.id % 77, 100, 20000, 50000 from usage_series as series, time
    `.execute(db);
  }
}

async function timeReads(db: Database) {
  const query = {
    from: NOW - 30 * DAY_MS,
    to: NOW,
    bucket: "hour",
    groupBy: ["operation"],
    where: { client: "client_1" },
  } as const;
  const took: number[] = [];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  for (let count = 0; count < 100; count++) {
    const startedAt = performance.now();
    const outcome = await readSeries(db, query, COMMAND_BOUNDS);
    if (outcome.kind !== "read" || outcome.usage.series.length !== 50) throw new Error(`It read ${outcome.kind}.`);
    took.push(performance.now() - startedAt);
  }
  delay.disable();
  took.sort((one, other) => one - other);
  console.log({
    thirtyDaysByHour: took.length,
    p50Ms: took[50]?.toFixed(1),
    p99Ms: took[98]?.toFixed(1),
    longestBlockMs: (delay.max / 1e6).toFixed(1),
  });
}

async function timeFlush(db: Database) {
  const rows = Array.from({ length: CLIENTS * OPERATIONS }, (_, index) => ({
    minute: NOW,
    clientId: `client_${(index % CLIENTS) + 1}`,
    keyId: `key_${(index % CLIENTS) + 1}`,
    environment: "live",
    operation: `operation${Math.floor(index / CLIENTS) + 1}`,
    statusClass: 2,
    code: "",
    requests: 1,
    cost: 1,
    bytesIn: 1,
    bytesOut: 1,
  }));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const startedAt = performance.now();
  for (const piece of splitBatch({ rows, keyUses: [], latencies: [] }, 250)) {
    await addUsage(db, piece);
    await pause();
  }
  const flushMs = performance.now() - startedAt;
  let after = 0;
  do after = await pruneUsage(db, { minute: 3 * HOUR_MS, hour: 32 * DAY_MS, day: 400 * DAY_MS }, NOW, after);
  while (after !== 0);
  delay.disable();
  console.log({ flushOfRows: rows.length, flushMs: flushMs.toFixed(0), longestBlockMs: (delay.max / 1e6).toFixed(1) });
}

const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
try {
  timeEvents();
  const path = join(folder, "usage.db");
  const db = await openDatabase(`sqlite:${path}`);
  await fill(db);
  await sql`pragma wal_checkpoint(truncate)`.execute(db);
  console.log({ gigabytes: (statSync(path).size / 2 ** 30).toFixed(2) });
  await timeReads(db);
  await timeFlush(db);
  await db.destroy();
} finally {
  rmSync(folder, { recursive: true });
}
