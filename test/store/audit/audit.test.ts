import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { sql } from "kysely";
import { toTimestamp } from "../../../src/lib/time/clock.ts";
import { appendEvent, pruneEvents, readHead } from "../../../src/store/audit/audit.ts";
import { type Checkpoint, findCheckpoint } from "../../../src/store/audit/audit-checkpoint.ts";
import { type AuditEvent, type AuditFacts, chain, GENESIS } from "../../../src/store/audit/audit-event.ts";
import { listEvents } from "../../../src/store/audit/list-events.ts";
import { verifyChain } from "../../../src/store/audit/verify.ts";
import { insertClient } from "../../../src/store/clients.ts";
import { openDatabase } from "../../../src/store/database/database.ts";
import type { Database } from "../../../src/store/database/schema.ts";
import { transact } from "../../../src/store/database/transact.ts";
import { insertKey } from "../../../src/store/keys.ts";
import { aClient, aKey, DAY_MS, NOON, SECOND_MS } from "../../support/builders.ts";
import { competingProcesses } from "../../support/process/competing-processes.ts";
import { runs } from "../../support/runs.ts";
import { temporaryFolder } from "../../support/temporary.ts";

let db: Database;
let made = 0;

beforeEach(async () => {
  db = await openDatabase("sqlite::memory:");
});
afterEach(() => db.destroy());

/** A key of acme revokes a key of globex. */
function someFacts(differences: Partial<AuditFacts> = {}): AuditFacts {
  return {
    id: `event_${++made}`,
    at: NOON,
    action: "key.revoked",
    actor: { kind: "key", keyId: "key_of_acme", clientId: "client_acme" },
    target: { kind: "key", id: "key_of_globex" },
    address: "203.0.113.7",
    requestId: "req_aaaaaaaaaaaaaaaaaaaa",
    details: { reason: "leaked" },
    ...differences,
  };
}

const append = (differences: Partial<AuditFacts> = {}) => transact(db, (tx) => appendEvent(tx, someFacts(differences)));

function aPruning({ hash, count }: Checkpoint, before: number): AuditFacts {
  const details = { before: toTimestamp(before), pruned: String(count) };
  return someFacts({ action: "audit.pruned", target: { kind: "audit", id: hash }, at: NOON + 2 * DAY_MS, details });
}

/** A chain of so many events, a second apart, oldest first. */
async function aChain(length: number): Promise<readonly AuditEvent[]> {
  return transact(db, async (tx) => {
    const events: AuditEvent[] = [];
    for (let index = 0; index < length; index++) {
      events.push(await appendEvent(tx, someFacts({ at: NOON + index * SECOND_MS })));
    }
    return events;
  });
}

/** Changes the file by SQL, as anyone can who may write it. */
async function tamper(...statements: readonly ReturnType<typeof sql>[]) {
  await sql`drop trigger if exists audit_events_do_not_change`.execute(db);
  await sql`drop trigger if exists audit_events_stay`.execute(db);
  for (const statement of statements) await statement.execute(db);
}

const all = async () => (await listEvents(db, { limit: 1000 })).items;
const idsOf = (events: readonly AuditEvent[]) => events.map(({ id }) => id);
/** As `pruneAudit` does it, without needing an operator. */
const prune = (before: number) =>
  transact(db, async (tx) => {
    const checkpoint = await pruneEvents(tx, before, { most: 1_000 });
    if (checkpoint !== undefined) await appendEvent(tx, aPruning(checkpoint, before));
    return checkpoint;
  });
const intact = (count: number, hash: string) => ({ kind: "intact", count, hash });

describe("an event", () => {
  it("is kept as it was written, behind the one before it", async () => {
    const first = await append();
    const second = await append({ actor: { kind: "operator", keyId: null, clientId: null }, address: null });
    expect(first.previousHash).toBe(GENESIS);
    expect(second.previousHash).toBe(first.hash);
    expect(await all()).toEqual([second, first]);
  });

  it("goes with the transaction that it was written in", async () => {
    const work = transact(db, async (tx) => {
      await appendEvent(tx, someFacts());
      throw new Error("changed my mind");
    });
    await expect(work).rejects.toThrow("changed my mind");
    expect(await all()).toEqual([]);
    expect(await readHead(db)).toEqual({ hash: GENESIS, count: 0, at: null });
  });

  it("does not change, and goes only by pruning", async () => {
    await append();
    await expect(sql`update audit_events set action = 'key.issued'`.execute(db)).rejects.toThrow("do not change");
    await expect(sql`delete from audit_events`.execute(db)).rejects.toThrow("only by pruning");
    expect(await all()).toHaveLength(1);
  });

  it("has no second one behind the same event before it", async () => {
    const [first, second] = await aChain(2);
    const columns = sql`insert into audit_events select null, 'event_forked', at, action, actor_kind, actor_key_id,
      actor_client_id, target_kind, target_id, address, request_id, details, ${second?.previousHash}, hash
      from audit_events where id = ${first?.id}`;
    await expect(columns.execute(db)).rejects.toThrow(/UNIQUE/);
  });
});

describe("the list of events", () => {
  it("continues where the page before ended", async () => {
    const events = await aChain(5);
    const first = await listEvents(db, { limit: 3 });
    expect(idsOf(first.items)).toEqual(idsOf(events.slice(2).toReversed()));
    expect(first.nextCursor).not.toBeNull();
  });

  it("can be of one action, one key, one client, or one span", async () => {
    await insertClient(db, aClient({ id: "client_globex", name: "globex" }));
    const client = { id: "client_globex", name: "globex", disabledAt: null, plan: null, limits: null };
    await insertKey(db, aKey({ id: "key_of_globex", client }));
    const byAcme = await append();
    const byGlobex = await append({
      action: "key.disabled",
      at: NOON + 1,
      actor: { kind: "key", keyId: "key_of_globex", clientId: "client_globex" },
      target: { kind: "key", id: "key_of_acme" },
    });
    const toGlobex = await append({
      action: "client.disabled",
      at: NOON + 2,
      target: { kind: "client", id: client.id },
    });
    const filtered = async (filter: object) => idsOf((await listEvents(db, { limit: 9 }, filter)).items);

    expect(await filtered({ action: "key.revoked" })).toEqual([byAcme.id]);
    expect(await filtered({ keyId: "key_of_globex" })).toEqual(idsOf([byGlobex, byAcme]));
    expect(await filtered({ clientId: "client_globex" })).toEqual(idsOf([toGlobex, byGlobex, byAcme]));
    expect(await filtered({ clientId: "client_acme" })).toEqual(idsOf([toGlobex, byAcme]));
    expect(await filtered({ from: NOON + 1, to: NOON + 2 })).toEqual([byGlobex.id]);
    expect(await filtered({ clientId: "client_globex", action: "key.disabled" })).toEqual([byGlobex.id]);
    expect(await filtered({ keyId: "key_of_nobody" })).toEqual([]);
  });
});

/** What a column can be turned into, by its kind. */
const TEXT = fc.string({ unit: "binary", maxLength: 80 });
const OPTIONAL = fc.option(TEXT);
const NUMBER = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const JSON_TEXT = fc.oneof(TEXT, fc.json(), fc.constantFrom("{}", "[]", "null", '{"reason": "leaked"}'));
const COLUMNS = {
  id: TEXT,
  at: NUMBER,
  action: TEXT,
  actor_kind: TEXT,
  actor_key_id: OPTIONAL,
  actor_client_id: OPTIONAL,
  target_kind: TEXT,
  target_id: TEXT,
  address: OPTIONAL,
  request_id: OPTIONAL,
  details: JSON_TEXT,
  previous_hash: TEXT,
  hash: TEXT,
};

const tampering = fc
  .constantFrom(...(Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]))
  .chain((column) => fc.record({ column: fc.constant(column), value: COLUMNS[column] as fc.Arbitrary<unknown> }));

describe("the chain of events", () => {
  it("verifies, from none to more than a page of them", async () => {
    expect(await verifyChain(db)).toMatchObject(intact(0, GENESIS));
    const events = await aChain(501);
    expect(await verifyChain(db)).toMatchObject(intact(501, events[500]?.hash ?? ""));
    expect(await readHead(db)).toEqual({ hash: events[500]?.hash, count: 501, at: events[500]?.at });
  });

  it("lets other work run between two pages", async () => {
    await aChain(1001);
    let isDone = false;
    const verifying = verifyChain(db).finally(() => {
      isDone = true;
    });
    let turns = 0;
    for (; !isDone; turns++) await nextTurn();
    expect(turns).toBeGreaterThanOrEqual(3);
    expect(await verifying).toMatchObject({ kind: "intact" });
  });

  it("shows any change to any field of any event", async () => {
    const events = await aChain(3);
    await sql`create table original as select * from audit_events`.execute(db);
    await tamper();
    const change = fc.asyncProperty(tampering, fc.nat({ max: 2 }), async ({ column, value }, index) => {
      const place = events[index]?.hash;
      const isSame = sql<{ same: number }>`select ${sql.ref(column)} is ${value} as same from original
        where hash = ${place}`;
      fc.pre((await isSame.execute(db)).rows[0]?.same === 0);
      await sql`update audit_events set ${sql.ref(column)} = ${value} where hash = ${place}`.execute(db);
      const verdict = await verifyChain(db);
      const { rows } = await sql<{ id: string }>`select id from audit_events order by seq`.execute(db);
      await sql`delete from audit_events`.execute(db);
      await sql`insert into audit_events select * from original`.execute(db);
      expect(verdict).toMatchObject({ kind: "broken", eventId: rows[index]?.id });
    });
    await fc.assert(change, { numRuns: runs(300) });
    expect(await verifyChain(db)).toMatchObject({ kind: "intact" });
  });

  it("shows that one in the middle was removed, at the one after it", async () => {
    const events = await aChain(4);
    await tamper(sql`delete from audit_events where id = ${events[1]?.id}`);
    expect(await verifyChain(db)).toEqual({ kind: "broken", eventId: events[2]?.id, reason: "misplaced" });
  });

  it("shows that two changed places", async () => {
    const events = await aChain(4);
    const put = (index: number, seq: number) =>
      sql`update audit_events set seq = ${seq} where id = ${events[index]?.id}`;
    await tamper(put(1, -1), put(2, 2), put(1, 3));
    expect(await verifyChain(db)).toEqual({ kind: "broken", eventId: events[2]?.id, reason: "misplaced" });
  });

  it("shows that one was added in the middle, even with a hash of its own", async () => {
    const events = await aChain(2);
    const forged = chain(someFacts(), "f".repeat(64));
    await tamper(
      sql`update audit_events set seq = 3 where seq = 2`,
      sql`insert into audit_events select 2, ${forged.id}, at, action, actor_kind, actor_key_id, actor_client_id,
        target_kind, target_id, address, request_id, details, ${forged.previousHash}, ${forged.hash}
        from audit_events where id = ${events[0]?.id}`,
    );
    expect(await verifyChain(db)).toEqual({ kind: "broken", eventId: forged.id, reason: "misplaced" });
  });

  it("shows that its first one is missing, when nothing was pruned", async () => {
    const [first, second] = await aChain(2);
    await tamper(sql`delete from audit_events where id = ${first?.id}`);
    expect(await verifyChain(db)).toEqual({ kind: "broken", eventId: second?.id, reason: "misplaced" });
  });

  it("shows that its end was cut off only against a head that was kept", async () => {
    const events = await aChain(4);
    const head = events[3]?.hash ?? "";
    await tamper(sql`delete from audit_events where id = ${events[3]?.id}`);
    expect(await verifyChain(db)).toMatchObject(intact(3, events[2]?.hash ?? ""));
    expect(await verifyChain(db, head)).toEqual({ kind: "head-unknown", checkpoint: undefined });
    expect(await verifyChain(db, events[1]?.hash)).toMatchObject({ kind: "intact" });
  });

  it("shows that it was rewritten from some event on only against a later head", async () => {
    const events = await aChain(4);
    let previous = events[0]?.hash ?? "";
    for (const event of events.slice(1)) {
      const forged = chain({ ...event, details: { reason: "routine" } }, previous);
      await tamper(sql`update audit_events set details = '{"reason":"routine"}', previous_hash = ${previous},
        hash = ${forged.hash} where id = ${event.id}`);
      previous = forged.hash;
    }
    expect(await verifyChain(db)).toMatchObject(intact(4, previous));
    expect(await verifyChain(db, events[0]?.hash)).toMatchObject({ kind: "intact" });
    for (const { hash } of events.slice(1)) expect(await verifyChain(db, hash)).toMatchObject({ kind: "head-unknown" });
  });

  it("contains every head that it ever had, and no other", async () => {
    for (let count = 0; count < 4; count++) {
      const { hash } = await readHead(db);
      await append();
      expect(await verifyChain(db, hash)).toMatchObject({ kind: "intact" });
    }
    expect(await verifyChain(db, "f".repeat(64))).toMatchObject({ kind: "head-unknown" });
  });
});

describe("pruning", () => {
  it("leaves a checkpoint from which the rest still verifies, and the next event follows", async () => {
    const events = await aChain(5);
    const checkpoint = await prune(NOON + 3 * SECOND_MS);
    expect(checkpoint).toEqual({ seq: 3, hash: events[2]?.hash, at: events[2]?.at, count: 3 });
    const [pruning, ...rest] = await all();
    expect(idsOf(rest)).toEqual(idsOf(events.slice(3).toReversed()));
    const head = pruning?.hash ?? "";
    expect(await verifyChain(db, head)).toEqual({ ...intact(6, head), checkpoint, prunedSince: undefined });
    expect(await verifyChain(db, events[4]?.hash)).toMatchObject({ kind: "intact", prunedSince: { id: pruning?.id } });
    expect(await verifyChain(db, events[2]?.hash)).toMatchObject({ kind: "intact" });
    expect(await verifyChain(db, events[1]?.hash)).toEqual({ kind: "head-unknown", checkpoint });

    expect((await append({ at: NOON + DAY_MS })).previousHash).toBe(head);
    expect(await verifyChain(db)).toMatchObject({ kind: "intact", count: 7 });
  });

  it("of all events keeps the head", async () => {
    const events = await aChain(2);
    await transact(db, (tx) => pruneEvents(tx, NOON + DAY_MS, { most: 1_000 }));
    expect(await readHead(db)).toEqual({ hash: events[1]?.hash, count: 2, at: events[1]?.at });
    expect((await append()).previousHash).toBe(events[1]?.hash);
    await prune(NOON + DAY_MS);
    expect(await findCheckpoint(db)).toMatchObject({ count: 3 });
    expect(await verifyChain(db, (await readHead(db)).hash)).toMatchObject({ kind: "intact", count: 4 });
  });

  it("spares the very millisecond, and what came after it when the clock was set back", async () => {
    const [, younger] = [await append({ at: NOON }), await append({ at: NOON + 1 })];
    const older = await append({ at: NOON - DAY_MS });
    expect(await prune(NOON)).toBeUndefined();
    await prune(NOON + 1);
    expect(idsOf((await all()).slice(1))).toEqual(idsOf([older, younger]));
  });

  it("does nothing where nothing is that old", async () => {
    expect(await prune(NOON)).toBeUndefined();
    await aChain(1);
    expect(await prune(NOON)).toBeUndefined();
    expect(await findCheckpoint(db)).toBeUndefined();
  });

  it("shows in the verdict when its checkpoint is forged", async () => {
    const events = await aChain(3);
    await prune(NOON + SECOND_MS);
    await sql`update audit_checkpoint set hash = ${"f".repeat(64)}`.execute(db);
    expect(await verifyChain(db)).toEqual({ kind: "broken", eventId: events[1]?.id, reason: "misplaced" });
  });

  it("during a verification is not reported as a break", async () => {
    await aChain(1200);
    const verifying = verifyChain(db);
    await prune(NOON + 1100 * SECOND_MS);
    expect(await verifying).toMatchObject({ kind: "intact", count: 1201 });
  });
});

describe("processes that write events at once", () => {
  const race = competingProcesses("appender.ts");
  const folder = temporaryFolder();

  it("keep one unbroken chain", async () => {
    const url = `sqlite:${join(folder, "latchkey.db")}`;
    expect(await race(url)).toEqual(["done", "done", "done"]);
    await db.destroy();
    db = await openDatabase(url);
    expect(await verifyChain(db)).toMatchObject({ kind: "intact", count: 60 });
    expect(await all()).toHaveLength(60);
  });
});
