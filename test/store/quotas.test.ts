import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "@jest/globals";
import { createLedger } from "../../src/limits/ledger.ts";
import { insertClient } from "../../src/store/clients.ts";
import { openDatabase, openStore } from "../../src/store/database/database.ts";
import { findKey } from "../../src/store/keys.ts";
import * as changes from "../../src/store/migrations/0002-changes.ts";
import * as auditEvents from "../../src/store/migrations/0003-audit-events.ts";
import * as keyLifecycle from "../../src/store/migrations/0004-key-lifecycle.ts";
import * as search from "../../src/store/migrations/0005-search.ts";
import { createQuotaStore } from "../../src/store/quotas.ts";
import { aClient, NOON } from "../support/builders.ts";
import { makeFirstVersion } from "../support/databases.ts";
import { temporaryFolder } from "../support/temporary.ts";

const folder = temporaryFolder();
const MONTHLY = { name: "monthly", requests: 1_000_000, period: "month", isHard: true } as const;
const ACCOUNT = { clientId: aClient().id, quota: "monthly", span: "2026-11" };

describe("what was used of a quota", () => {
  it("is nothing at first, then the sum of what was added, by any process", async () => {
    const url = `sqlite:${join(folder, "shared.db")}`;
    const [one, other] = [await openDatabase(url), await openDatabase(url)];
    await insertClient(one, aClient());
    const stores = [createQuotaStore(one), createQuotaStore(other)];
    expect(await stores[0]?.read([ACCOUNT])).toEqual([0]);
    const totals = await Promise.all(
      Array.from({ length: 40 }, (_, index) => stores[index % 2]?.add([{ ...ACCOUNT, units: 3 }])),
    );
    expect(Math.max(...totals.flatMap((total) => total ?? []))).toBe(120);
    expect(await stores[1]?.read([ACCOUNT, { ...ACCOUNT, span: "2026-12" }])).toEqual([120, 0]);
    await stores[0]?.add([{ ...ACCOUNT, units: -20 }]);
    expect(await stores[1]?.read([ACCOUNT])).toEqual([100]);
    await Promise.all([one.destroy(), other.destroy()]);
  });

  it("is added all together or not at all", async () => {
    const db = await openDatabase("sqlite::memory:");
    await insertClient(db, aClient());
    const store = createQuotaStore(db);
    const changes = [
      { ...ACCOUNT, units: 1 },
      { ...ACCOUNT, clientId: "client_nobody", units: 1 },
    ];
    await expect(store.add(changes)).rejects.toThrow();
    expect(await store.read([ACCOUNT])).toEqual([0]);
    await db.destroy();
  });

  it("empties no keyring when it is written", async () => {
    const { db, changes } = await openStore("sqlite::memory:");
    await insertClient(db, aClient());
    const before = changes.version();
    await createQuotaStore(db).add([{ ...ACCOUNT, units: 1 }]);
    expect(changes.version()).toBe(before);
    await db.destroy();
  });

  it("is shared by two processes from flush to flush", async () => {
    const url = `sqlite:${join(folder, "ledgers.db")}`;
    const [one, other] = [await openDatabase(url), await openDatabase(url)];
    await insertClient(one, aClient());
    const ledgers = [createLedger(createQuotaStore(one)), createLedger(createQuotaStore(other))];
    for (const ledger of ledgers) await ledger.load(aClient().id, [MONTHLY], NOON);
    for (let round = 0; round < 10; round++) {
      for (const ledger of ledgers) {
        ledger.change(aClient().id, MONTHLY, 1, NOON);
        await ledger.flush(NOON);
      }
    }
    expect(ledgers.map((ledger) => ledger.usedOf(aClient().id, MONTHLY, NOON))).toEqual([19, 20]);
    await Promise.all([one.destroy(), other.destroy()]);
  });
});

describe("a database of an earlier version", () => {
  it("learns which keys were rotated into which", async () => {
    const path = join(folder, "first.db");
    await makeFirstVersion(path, {
      "0002-changes": changes,
      "0003-audit-events": auditEvents,
      "0004-key-lifecycle": keyLifecycle,
      "0005-search": search,
    });
    const file = new DatabaseSync(path);
    file.function("folded", { deterministic: true }, (text) => String(text).toLowerCase());
    const columns = "id, client_id, name, environment, scopes, digest, last_four, created_at, metadata, successor_id";
    for (const [id, successor] of [
      ["a1", "'a2'"],
      ["a2", "'a3'"],
      ["a3", "null"],
      ["b1", "null"],
    ]) {
      file.exec(
        `INSERT INTO keys (${columns}) VALUES ('${id}', 'client_old', 'n', 'live', '[]', '${id}', 'x', 1, '{}', ${successor})`,
      );
    }
    file.close();

    const db = await openDatabase(`sqlite:${path}`);
    const lineages = await Promise.all(["a1", "a2", "a3", "b1"].map(async (id) => (await findKey(db, id))?.lineageId));
    expect(lineages).toEqual(["a1", "a1", "a1", "b1"]);
    await db.destroy();
  });
});
