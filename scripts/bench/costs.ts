// The CPU time of each built-in operation, next to its cost in the contract: node scripts/bench/costs.ts. With 200,000
// keys of one client, a million audit events and 20,000 usage series, it makes the most expensive calls that an
// operation allows, one after the other. It prints the CPU time of the service per call and per unit of cost, and the
// longest turn of its event loop. It takes two minutes, most of them to fill the store, and half a gigabyte of
// temporary files.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { OPERATOR_AUTHORITY } from "../../src/admin/actions.ts";
import { registerClient } from "../../src/admin/clients/register-client.ts";
import { issueKey } from "../../src/admin/keys/issue-key.ts";
import { parseConfig } from "../../src/config/config.ts";
import { toOperations } from "../../src/contract/model/operations.ts";
import { toOutline } from "../../src/contract/model/outline.ts";
import { composeKey, RANDOM_LENGTH } from "../../src/keys/format.ts";
import { createLog } from "../../src/lib/log/log.ts";
import { toTimestamp } from "../../src/lib/time/clock.ts";
import { loadBuiltInContract } from "../../src/service/built-in-contract.ts";
import { serve } from "../../src/service/start.ts";
import { ACTOR, fillStore, HOLDER, HOUR_MS, KEYS, keyId, NOW } from "./large-store.ts";

const LONGEST_MS = 700;
const MAX_CALLS = 100;
const WATCHED_CALLS = 3;

type Measured = { readonly cpuUs: number; readonly longestTurnUs: number };
type Call = { readonly method: string; readonly path: string; readonly body?: object; readonly headers?: object };
type Case = { readonly id: string; readonly of: string; readonly calls: (n: number) => Call; readonly most?: number };

/** Runs the service in a process of its own. It replies to each message with the CPU time since the previous one. */
async function runService(path: string) {
  const outcome = parseConfig({ PORT: "0", DATABASE_URL: `sqlite:${path}`, LATCHKEY_MAX_KEYS_PER_CLIENT: "1000000" });
  if (outcome.kind === "invalid") throw new Error(outcome.errors.join("\n"));
  const running = await serve(
    outcome.config,
    createLog({ level: "error", secrets: /$^/, mayContainSecrets: () => false, destination: process.stderr }),
  );
  const { actions } = running;
  await registerClient({ name: "admin", plan: "unlimited" }, actions);
  const scopes = actions.scopes;
  const wanted = {
    client: "admin",
    name: "admin",
    scopes,
    environment: "live",
    expiresAt: null,
    selfRotation: true,
  } as const;
  const issued = await issueKey(wanted, OPERATOR_AUTHORITY, actions);
  if (issued.kind !== "issued") throw new Error(issued.kind);
  await fillStore(actions.db, issued.key.id);

  const turns = watchTurns();
  let before = process.cpuUsage();
  process.on("message", (word) => {
    if (word === "stop") return void running.stop().then(() => process.exit());
    const { user, system } = process.cpuUsage(before);
    process.send?.({ cpuUs: user + system, longestTurnUs: turns.take() });
    turns.isOn = word === "watch";
    before = process.cpuUsage();
  });
  process.on("disconnect", () => process.exit());
  process.send?.({ url: running.url, secret: issued.secret });
}

/** The longest turn of the event loop in CPU time, which is independent of other processes on a busy machine. */
function watchTurns() {
  let longest = 0;
  let before = 0;
  const cpuUs = () => {
    const { user, system } = process.threadCpuUsage();
    return user + system;
  };
  const look = () => {
    const now = cpuUs();
    longest = Math.max(longest, now - before);
    before = now;
    if (turns.isOn) setImmediate(look);
    else setTimeout(look, 10).unref();
  };
  const take = () => {
    const taken = longest;
    [longest, before] = [0, cpuUs()];
    return taken;
  };
  const turns = { isOn: false, take };
  look();
  return turns;
}

async function measureAll() {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
  const service = fork(import.meta.filename, ["serve", join(folder, "costs.db")]);
  try {
    const [{ url, secret }] = (await once(service, "message")) as [{ url: string; secret: string }];
    const costs = new Map(toOperations(toOutline(loadBuiltInContract().document)).map(({ id, cost }) => [id, cost]));
    const rows = [];
    for (const one of CASES) rows.push({ ...(await measure(one, service, url, secret)), cost: costs.get(one.id) });
    console.table(
      rows.map(({ id, of, ms, longest, calls, cost = 1 }) => ({
        operation: id,
        request: of,
        calls,
        "CPU ms": ms.toFixed(2),
        cost,
        "CPU ms per unit": cost === 0 ? "" : (ms / cost).toFixed(2),
        "longest turn, CPU ms": longest.toFixed(0),
      })),
    );
  } finally {
    if (service.connected) service.send("stop");
    if (service.exitCode === null) await once(service, "exit");
    rmSync(folder, { recursive: true });
  }
}

async function measure({ id, of, calls, most = MAX_CALLS }: Case, service: ChildProcess, url: string, secret: string) {
  for (let n = 0; n < 2; n++) await send(url, calls(n), secret);
  await taken(service);
  const startedAt = performance.now();
  let done = 0;
  while (done < most && performance.now() - startedAt < LONGEST_MS) await send(url, calls(2 + done++), secret);
  // Garbage collection and later flushes are part of the cost of the calls.
  await wait(300);
  const { cpuUs } = await taken(service, "watch");
  // Watching every turn takes time itself, so it is a separate measurement.
  for (let n = 0; n < WATCHED_CALLS; n++) await send(url, calls(2 + done + n), secret);
  await wait(300);
  const { longestTurnUs } = await taken(service);
  return { id, of, calls: done, ms: cpuUs / 1000 / done, longest: longestTurnUs / 1000 };
}

async function taken(service: ChildProcess, word: "taken" | "watch" = "taken"): Promise<Measured> {
  service.send(word);
  const [measured] = (await once(service, "message")) as [Measured];
  return measured;
}

async function send(url: string, { method, path, body, headers }: Call, secret: string) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { "x-api-key": secret, ...(body && { "content-type": "application/json" }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
}

const get =
  (path: string): (() => Call) =>
  () => ({ method: "GET", path });
const post =
  (pathOf: (n: number) => string, bodyOf?: (n: number) => object) =>
  (n: number): Call => ({
    method: "POST",
    path: pathOf(n),
    ...(bodyOf && { body: bodyOf(n) }),
  });
const since = (hours: number) => `from=${toTimestamp(NOW - hours * HOUR_MS)}&to=${toTimestamp(NOW)}`;
const twoThousandPoints = `/v1/key/usage?${since(33)}&groupBy=operation`;

const CASES: readonly Case[] = [
  { id: "getData", of: "", calls: get("/data") },
  { id: "getOwnKey", of: "", calls: get("/v1/key") },
  { id: "getOwnUsage", of: "a day", calls: get("/v1/key/usage") },
  { id: "getOwnUsage", of: "2,000 points", calls: get(twoThousandPoints) },
  { id: "getOwnUsage", of: "2,000 points, CSV", calls: get(`${twoThousandPoints}&format=csv`) },
  { id: "getUsage", of: "a day, 480,000 counts", calls: get("/v1/usage?groupBy=operation") },
  { id: "getUsage", of: "10,000 points", calls: get(`/v1/usage?${since(166)}&groupBy=operation&clientId=${HOLDER}`) },
  {
    id: "getUsage",
    of: "10,000 points, CSV",
    calls: get(`/v1/usage?${since(166)}&groupBy=operation&clientId=${HOLDER}&format=csv`),
  },
  { id: "getUsage", of: "6 hours by client, 6,000 points", calls: get(`/v1/usage?${since(6)}&groupBy=client`) },
  { id: "listKeyUses", of: "1,000 uses", calls: get(`/v1/keys/${keyId(KEYS)}/uses`) },
  { id: "listKeys", of: "100", calls: get("/v1/keys?limit=100") },
  { id: "listKeys", of: "no match", calls: get("/v1/keys?limit=100&text=import&state=superseded&scope=data:read") },
  { id: "listKeyHygiene", of: "100 with 1,000 uses", calls: get("/v1/keys/hygiene?limit=100") },
  { id: "getKey", of: "", calls: (n) => get(`/v1/keys/${keyId(n + 1)}`)() },
  { id: "listClients", of: "", calls: get("/v1/clients?limit=100") },
  { id: "getClient", of: "", calls: get(`/v1/clients/${HOLDER}`) },
  { id: "listAuditEvents", of: "100", calls: get("/v1/audit-events?limit=100") },
  {
    id: "listAuditEvents",
    of: "a client with 200,000 keys",
    calls: get(`/v1/audit-events?limit=100&clientId=${HOLDER}`),
  },
  {
    id: "listAuditEvents",
    of: "a client without events",
    calls: get("/v1/audit-events?limit=100&clientId=client_zzzzzzzzzzzzzzzzzzzz"),
  },
  { id: "listAuditEvents", of: "a rare action", calls: get("/v1/audit-events?limit=100&action=key.rotated") },
  {
    id: "listAuditEvents",
    of: "a key that did everything, long ago",
    calls: get(
      `/v1/audit-events?limit=100&action=key.changed&keyId=${ACTOR}&${since(200).replace(/&to.*/, "")}&to=${toTimestamp(NOW - 150 * HOUR_MS)}`,
    ),
  },
  {
    id: "listAuditEvents",
    of: "a long time range, long ago",
    calls: get(
      `/v1/audit-events?limit=100&from=${toTimestamp(NOW - 270 * HOUR_MS)}&to=${toTimestamp(NOW - 200 * HOUR_MS)}`,
    ),
  },
  {
    id: "verifyKey",
    of: "",
    calls: post(
      () => "/v1/keys/verify",
      () => ({ secret: composeKey("lk", "live", "S".repeat(RANDOM_LENGTH)), scopes: ["data:read"] }),
    ),
  },
  {
    id: "createKey",
    of: "",
    calls: post(
      () => "/v1/keys",
      () => ({ clientId: "admin", name: "new", scopes: ["data:read"] }),
    ),
  },
  {
    id: "createClient",
    of: "",
    calls: post(
      () => "/v1/clients",
      (n) => ({ name: `client ${n}` }),
    ),
  },
  { id: "rotateKey", of: "", calls: post((n) => `/v1/keys/${keyId(n + 1_000)}/rotate`) },
  { id: "disableKey", of: "", calls: post((n) => `/v1/keys/${keyId(n + 2_000)}/disable`) },
  { id: "enableKey", of: "", calls: post((n) => `/v1/keys/${keyId(n + 2_000)}/enable`) },
  {
    id: "updateKey",
    of: "",
    calls: (n) => ({
      method: "PATCH",
      path: `/v1/keys/${keyId(n + 3_000)}`,
      body: { name: `renamed ${n}` },
      headers: { "if-match": "*" },
    }),
  },
  { id: "revokeKey", of: "", calls: post((n) => `/v1/keys/${keyId(n + 4_000)}/revoke`) },
  { id: "disableClient", of: "200,000 keys", calls: post(() => `/v1/clients/${HOLDER}/disable`) },
  { id: "enableClient", of: "200,000 keys", calls: post(() => `/v1/clients/${HOLDER}/enable`) },
  { id: "revokeClientKeys", of: "200,000 keys", calls: post(() => `/v1/clients/${HOLDER}/revoke-keys`), most: 1 },
];

if (process.argv[2] === "serve") await runService(process.argv[3] ?? "");
else await measureAll();
