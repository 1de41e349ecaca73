import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { OPERATOR_AUTHORITY } from "../../../src/admin/actions.ts";
import { registerClient } from "../../../src/admin/clients/register-client.ts";
import { issueKey } from "../../../src/admin/keys/issue-key.ts";
import { actionsOn, DAY_MS, SCOPES } from "../../support/builders.ts";
import { inDatabase } from "../../support/databases.ts";
import { startLatchkey } from "../../support/process/child.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();
const HOUR_MS = 3_600_000;
const PRELOAD = pathToFileURL(join(import.meta.dirname, "../../support/process/shifted-clock.mjs")).href;
let made = 0;

/** A database with keys that expired a while ago, will expire tomorrow, and whose overlap has ended. */
async function aDatabase() {
  const path = join(folder, `${++made}.db`);
  return inDatabase(path, async (db) => {
    const deps = actionsOn(db);
    await registerClient({ name: "acme" }, deps);
    const issue = async (end: { readonly expires_at?: number; readonly overlap_ends_at?: number }) => {
      const wanted = { client: "acme", name: "key", scopes: SCOPES, environment: "live", expiresAt: null } as const;
      const outcome = await issueKey(wanted, OPERATOR_AUTHORITY, deps);
      if (outcome.kind !== "issued") throw new Error(outcome.kind);
      if (Object.keys(end).length > 0) await db.updateTable("keys").set(end).where("id", "=", outcome.key.id).execute();
      return outcome.secret;
    };
    const now = Date.now();
    return {
      path,
      expired: await issue({ expires_at: now - HOUR_MS / 6 }),
      ended: await issue({ overlap_ends_at: now - HOUR_MS / 6 }),
      tomorrow: await issue({ expires_at: now + DAY_MS }),
    };
  });
}

/** The real service, on a machine whose clock can be set. */
async function start(path: string, shiftMs = 0) {
  const shiftFile = join(folder, `${++made}.shift`);
  const set = (ms: number) => writeFileSync(shiftFile, String(ms));
  set(shiftMs);
  const child = startLatchkey(["serve"], {
    PORT: "0",
    DATABASE_URL: `sqlite:${path}`,
    SHIFT_FILE: shiftFile,
    NODE_OPTIONS: `--import=${PRELOAD}`,
  });
  const [, url = ""] = await child.out.until(/"url":"([^"]+)"/);
  const get = async (secret: string, at = "/data") => {
    const response = await fetch(`${url}${at}`, { headers: { "x-api-key": secret, connection: "close" } });
    return { status: response.status, text: await response.text() };
  };
  const lines = () =>
    child.out
      .text()
      .split("\n")
      .filter((line) => line.includes("is not trusted"));
  const stop = async () => {
    child.process.kill("SIGTERM");
    await child.ended;
  };
  return { set, get, lines, stop };
}

const seenAt = (path: string) =>
  inDatabase(
    path,
    async (db) => (await db.selectFrom("store_state").select("seen_at").executeTakeFirstOrThrow()).seen_at,
  );

describe("a service whose clock is wrong", () => {
  it("revives nothing when its clock is set back, nor when it is started again", async () => {
    const { path, expired, ended, tomorrow } = await aDatabase();
    const first = await start(path);
    const expectDead = async ({ get }: typeof first) => {
      for (const secret of [expired, ended]) {
        expect(await get(secret)).toMatchObject({ status: 401, text: expect.stringContaining("key-expired") });
      }
      expect(await get(tomorrow)).toMatchObject({ status: 200 });
    };
    await expectDead(first);
    while ((await seenAt(path)) === 0) await wait(50);

    first.set(-HOUR_MS);
    await expectDead(first);
    await first.stop();
    expect(first.lines()).toHaveLength(1);

    const second = await start(path, -HOUR_MS);
    await expectDead(second);
    await second.stop();
    expect(second.lines()).toHaveLength(1);
  });

  it("removes no usage, ends no key and is not locked out when its clock jumps ahead for a while", async () => {
    const { path, tomorrow } = await aDatabase();
    const now = Date.now();
    await inDatabase(path, async (db) => {
      await sql`insert into usage_series (id, client_id, key_id, environment, operation, status_class, code)
        values (1, 'client_acme', 'key_acme', 'live', 'getData', 2, '')`.execute(db);
      for (const [table, at] of [
        ["minutes", now - HOUR_MS],
        ["hours", now - DAY_MS],
        ["days", now - 30 * DAY_MS],
      ]) {
        await sql`insert into ${sql.table(`usage_${table}`)} (series_id, at, requests, cost, bytes_in, bytes_out)
          values (1, ${at}, 1, 1, 1, 1)`.execute(db);
      }
    });
    const count = () =>
      inDatabase(path, async (db) => {
        const { rows } = await sql<{ kept: number }>`select
          (select count(*) from usage_minutes where series_id = 1) + (select count(*) from usage_hours where series_id = 1)
          + (select count(*) from usage_days where series_id = 1) as kept`.execute(db);
        return rows[0]?.kept;
      });

    const { set, get, lines, stop } = await start(path);
    expect(await get(tomorrow)).toMatchObject({ status: 200 });
    set(45 * DAY_MS);
    while (lines().length === 0) await wait(50);
    const beats = () =>
      inDatabase(
        path,
        async (db) => (await db.selectFrom("store_state").select("beats").executeTakeFirstOrThrow()).beats,
      );
    const before = await beats();
    // A beat comes after five rounds of pruning.
    while ((await beats()) === before) await wait(100);
    expect(await get(tomorrow)).toMatchObject({ status: 200 });
    set(0);
    expect(await get(tomorrow)).toMatchObject({ status: 200 });
    await stop();
    expect(await count()).toBe(3);
    expect(await seenAt(path)).toBeLessThan(now + HOUR_MS);
  });
});
