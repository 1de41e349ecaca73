// How long it takes to read a page of a list with 1,000,000 stored keys, for every filter and the worst combinations,
// from random positions in the list. While a page is read, all other requests wait. Prints p50, p99 and the maximum of
// each, and the memory at the end. Needs about a gigabyte for temporary files.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { viewOfKey } from "../../src/admin/views.ts";
import { digestOf } from "../../src/keys/digest.ts";
import { composeKey, RANDOM_LENGTH } from "../../src/keys/format.ts";
import type { ApiKey } from "../../src/keys/key.ts";
import { systemClock } from "../../src/lib/time/clock.ts";
import { insertClient } from "../../src/store/clients.ts";
import { openDatabase } from "../../src/store/database/database.ts";
import { transact } from "../../src/store/database/transact.ts";
import { insertKey } from "../../src/store/keys.ts";
import { type KeyFilter, listKeys } from "../../src/store/list-keys.ts";
import { aClient, aKey, DAY_MS } from "../../test/support/builders.ts";

const KEYS = 1_000_000;
const CLIENTS = 10_000;
const PAGES = 300;
const NOW = systemClock.now();
const MIB = 2 ** 20;

const WORK: Readonly<Record<string, (path: string) => Promise<void>>> = { fill, measure };
const [, , work, path = ""] = process.argv;
if (work === undefined) await compare();
else await WORK[work]?.(path);

async function compare() {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
  try {
    for (const step of ["fill", "measure"]) {
      const execArgv = ["--disable-warning=ExperimentalWarning"];
      await once(fork(import.meta.filename, [step, join(folder, "keys.db")], { execArgv }), "exit");
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Realistic keys: most are live, active and have a read scope; one in a thousand is unusual in some way. */
function keyAt(n: number): ApiKey {
  const secret = composeKey("lk", "live", String(n).padStart(RANDOM_LENGTH, "0"));
  const isRare = n % 1000 === 7;
  return aKey({
    id: `key_${String(n).padStart(20, "0")}`,
    client: clientAt(n % CLIENTS),
    name: `${n % 3 === 0 ? "production" : "staging"} import ${n}${isRare ? " unicorn" : ""}`,
    environment: n % 1000 === 3 ? "test" : "live",
    scopes: isRare ? ["data:read", "keys:write"] : ["data:read"],
    digest: digestOf(secret),
    lastFour: secret.slice(-4),
    expiresAt: n % 2 === 0 ? NOW + DAY_MS : n % 1000 === 5 ? NOW - DAY_MS : null,
    revokedAt: n % 10 === 1 ? NOW : null,
    disabledAt: n % 1000 === 9 ? NOW : null,
  });
}

function clientAt(n: number) {
  return aClient({ id: `client_${String(n).padStart(20, "0")}`, name: `client ${n}` });
}

async function fill(file: string) {
  const db = await openDatabase(`sqlite:${file}`);
  const startedAt = performance.now();
  await transact(db, async (tx) => {
    for (let n = 0; n < CLIENTS; n++) await insertClient(tx, clientAt(n));
    for (let n = 0; n < KEYS; n++) await insertKey(tx, keyAt(n));
  });
  console.log(`${KEYS} keys stored in ${Math.round((performance.now() - startedAt) / 1000)} s`);
  await db.destroy();
}

/** The queries, by their names in the table. */
function filters(): readonly (readonly [string, KeyFilter])[] {
  const someClient = clientAt(4321).id;
  return [
    ["everything", {}],
    ["one client", { clientId: someClient }],
    ["last four", { lastFour: keyAt(123_456).lastFour }],
    ["rare text", { text: "unicorn" }],
    ["common text", { text: "import" }],
    ["text of one key", { text: "import 765432" }],
    ["text of none", { text: "nowhere" }],
    ["rare scope", { scope: "keys:write" }],
    ["common scope", { scope: "data:read" }],
    ["test keys", { environment: "test" }],
    ["active", { state: "active" }],
    ["revoked", { state: "revoked" }],
    ["expired, many will", { state: "expired" }],
    ["disabled", { state: "disabled" }],
    ["superseded, none", { state: "superseded" }],
    ["client and text", { clientId: someClient, text: "production" }],
    ["common text and test", { text: "import", environment: "test" }],
    ["common text, none revoked so", { text: "production import", state: "superseded", scope: "keys:write" }],
    ["common scope, none such", { scope: "data:read", environment: "test", state: "disabled" }],
  ];
}

async function measure(file: string) {
  const db = await openDatabase(`sqlite:${file}`);
  const rows = [];
  for (const [name, filter] of filters()) {
    const times: number[] = [];
    let items = 0;
    for (let n = 0; n < PAGES; n++) {
      const startedAt = performance.now();
      const before = n % 2 === 0 ? {} : { before: 1 + Math.floor((KEYS * n) / PAGES) };
      const page = await listKeys(db, { limit: 100, ...before }, { ...filter, now: NOW });
      JSON.stringify(page.items.map((key) => viewOfKey(key, NOW)));
      times.push(performance.now() - startedAt);
      items += page.items.length;
    }
    times.sort((one, other) => one - other);
    const at = (share: number) => (times[Math.ceil(share * times.length) - 1] ?? 0).toFixed(1);
    rows.push({
      filter: name,
      "p50 ms": at(0.5),
      "p99 ms": at(0.99),
      "longest ms": at(1),
      "items a page": items / PAGES,
    });
  }
  console.table(rows);
  console.log(`resident memory: ${Math.round(process.memoryUsage.rss() / MIB)} MiB`);
  await db.destroy();
}
