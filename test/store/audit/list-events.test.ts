import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { type AuditFilter, listEvents } from "../../../src/store/audit/list-events.ts";
import { insertClient } from "../../../src/store/clients.ts";
import { openDatabase } from "../../../src/store/database/database.ts";
import type { Database } from "../../../src/store/database/schema.ts";
import { parseCursor } from "../../../src/store/page.ts";
import { WINDOW_ROWS } from "../../../src/store/read-page.ts";
import { aClient, NOON, SECOND_MS } from "../../support/builders.ts";
import { turnsDuring } from "../../support/model/turns.ts";

const EVENTS = 4 * WINDOW_ROWS;
const MANY = "client_many";
const FEW = "client_few";
let db: Database;

/** The event with the number n happened n seconds after noon, to the key n, of one of two clients; all by one key. */
beforeAll(async () => {
  db = await openDatabase("sqlite::memory:");
  for (const id of [MANY, FEW]) await insertClient(db, aClient({ id, name: id }));
  await sql`
    with recursive event (n) as (select 1 union all select n + 1 from event where n < ${EVENTS})
    insert into audit_events (id, at, action, actor_kind, actor_key_id, actor_client_id, target_kind, target_id, address,
      request_id, details, previous_hash, hash)
    select 'event_' || n, ${NOON} + n * ${SECOND_MS}, case when n % 5000 = 7 then 'key.rotated' else 'key.issued' end, 'key',
      'key_admin', 'client_admin', 'key', 'key_' || n, null, null, '{}', n - 1, n from event
  `.execute(db);
  await sql`
    with recursive key (n) as (select 1 union all select n + 1 from key where n < 400)
    insert into keys (id, client_id, name, environment, scopes, digest, last_four, created_at, metadata, lineage_id)
    select 'key_' || n, case when n <= 10 then ${FEW} else ${MANY} end, 'n', 'live', '[]', 'd' || n, 'last', 1, '{}', 'l' || n
    from key
  `.execute(db);
});
afterAll(() => db.destroy());

const numbersOf = async (filter: AuditFilter, limit = 100, before?: number) => {
  const page = await listEvents(db, { limit, ...(before !== undefined && { before }) }, filter);
  return { numbers: page.items.map(({ id }) => Number(id.slice("event_".length))), next: page.nextCursor };
};
const countDown = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, index) => from - index);
const atNumber = (n: number) => NOON + n * SECOND_MS;

describe("a long audit log", () => {
  it.each<[string, AuditFilter, readonly number[]]>([
    ["a rare action", { action: "key.rotated" }, [10_007, 5_007, 7]],
    ["the oldest key", { keyId: "key_1" }, [1]],
    ["a client with few keys", { clientId: FEW }, countDown(10, 1)],
    ["a client with many keys, whose events are old", { clientId: MANY }, countDown(400, 301)],
    ["a short span long ago", { from: atNumber(2), to: atNumber(5) }, [4, 3, 2]],
    ["a short span and an action", { from: atNumber(6), to: atNumber(9), action: "key.rotated" }, [7]],
    ["a long span that ends in the past", { to: atNumber(EVENTS - 50) }, countDown(EVENTS - 51, EVENTS - 150)],
    ["nothing", { keyId: "key_0" }, []],
    ["a span before everything", { to: NOON }, []],
  ])("is searched for %s", async (_, filter, numbers) => {
    expect((await numbersOf(filter)).numbers).toEqual(numbers);
  });

  it("is searched in windows, and others are served in between", async () => {
    const { result, turns } = await turnsDuring(numbersOf({ clientId: MANY }, 1));
    expect(result.numbers).toEqual([400]);
    expect(turns).toBeGreaterThanOrEqual(EVENTS / WINDOW_ROWS - 1);
  });

  it("gives page after page, each event once", async () => {
    const found: number[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const before = cursor === undefined ? undefined : parseCursor("events", cursor);
      const { numbers, next } = await numbersOf({ clientId: MANY }, 37, before);
      expect(numbers.length).toBeLessThanOrEqual(37);
      found.push(...numbers);
      cursor = next;
    }
    expect(found).toEqual(countDown(400, 11));
  });

  it("finds what happened in a span when the clock was set back", async () => {
    await sql`insert into audit_events (id, at, action, actor_kind, target_kind, target_id, details, previous_hash, hash)
      values ('event_99999', ${atNumber(3)}, 'key.issued', 'system', 'key', 'key_late', '{}', 'x', 'y')`.execute(db);
    expect((await numbersOf({ from: atNumber(2), to: atNumber(5) })).numbers).toEqual([99_999, 4, 3, 2]);
  });
});
