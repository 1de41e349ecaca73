import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { pruneAudit } from "../../../src/admin/prune-audit.ts";
import { toTimestamp } from "../../../src/lib/time/clock.ts";
import { appendEvent, readHead } from "../../../src/store/audit/audit.ts";
import { findCheckpoint } from "../../../src/store/audit/audit-checkpoint.ts";
import { type AuditEvent, type AuditFacts, chain, GENESIS } from "../../../src/store/audit/audit-event.ts";
import { listEvents } from "../../../src/store/audit/list-events.ts";
import { verifyChain } from "../../../src/store/audit/verify.ts";
import { transact } from "../../../src/store/database/transact.ts";
import { actionsOn, aHeldClock, DAY_MS, NOON, SECOND_MS } from "../../support/builders.ts";
import { inDatabase } from "../../support/databases.ts";
import { chained, numbered, openForger } from "../../support/forger.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();
let made = 0;

function someFacts(differences: Partial<AuditFacts> = {}): AuditFacts {
  return {
    id: `event_${++made}`,
    at: NOON,
    action: "key.issued",
    actor: { kind: "operator", keyId: null, clientId: null },
    target: { kind: "key", id: "key_of_acme" },
    address: null,
    requestId: null,
    details: { scopes: "data:read" },
    ...differences,
  };
}

/** A log of the service's own, oldest first, and the head that was kept when it ended there. */
type World = {
  readonly path: string;
  readonly events: readonly AuditEvent[];
  readonly head: string;
  /** The number of the first event that is still there, and the hash that it follows. */
  readonly first: number;
  readonly start: string;
};

/** A world as `makeWorld` makes it, in a file of its own. */
async function aWorld(length: number, pruned: number): Promise<World> {
  const name = `${length}-${pruned}`;
  const original = originals.get(name) ?? makeWorld(length, pruned);
  originals.set(name, original);
  const world = await original;
  const path = join(folder, `${++made}.db`);
  copyFileSync(world.path, path);
  return { ...world, path };
}

const originals = new Map<string, Promise<World>>();

/** @param pruned how many of its events are gone. */
async function makeWorld(length: number, pruned: number): Promise<World> {
  const path = join(folder, `${++made}.db`);
  return inDatabase(path, async (db) => {
    await transact(db, async (tx) => {
      for (let index = 0; index < length; index++) await appendEvent(tx, someFacts({ at: NOON + index * SECOND_MS }));
    });
    const deps = { ...actionsOn(db), clock: aHeldClock(NOON + DAY_MS) };
    if (pruned > 0) await pruneAudit(NOON + pruned * SECOND_MS, deps);
    await transact(db, (tx) => appendEvent(tx, someFacts({ at: NOON + 2 * DAY_MS })));
    const events = (await listEvents(db, { limit: 1000 })).items.toReversed();
    const start = (await findCheckpoint(db))?.hash ?? GENESIS;
    return { path, events, head: (await readHead(db)).hash, first: pruned + 1, start };
  });
}

type Forger = ReturnType<typeof openForger>;

/** Applies `forge` to the log. @returns the verdicts with the head and without. */
async function verdictsOn(world: World, forge: (forger: Forger, world: World) => void) {
  const forger = openForger(world.path);
  forge(forger, world);
  forger.close();
  return inDatabase(world.path, async (db) => ({
    withHead: await verifyChain(db, world.head),
    without: await verifyChain(db),
  }));
}

const factsOf = ({ hash: _hash, previousHash: _previous, ...facts }: AuditEvent): AuditFacts => facts;
const lie = (event: AuditEvent): AuditFacts => ({ ...factsOf(event), details: { scopes: "info:read" } });
const lied = (event: AuditEvent): AuditEvent => ({ ...event, details: { scopes: "info:read" } });
/** All events from `index` on as `change` makes them of what was there, in a sound chain. */
const rechained = ({ events, start }: World, index: number, change: (rest: readonly AuditEvent[]) => AuditFacts[]) => [
  ...events.slice(0, index),
  ...chained(change(events.slice(index)), events[index - 1]?.hash ?? start),
];
const aPruning = (hash: string, count: number) =>
  someFacts({
    action: "audit.pruned",
    target: { kind: "audit", id: hash },
    details: { before: toTimestamp(NOON + 3 * DAY_MS), pruned: String(count) },
  });

type Forgery = readonly [name: string, forge: (forger: Forger, world: World) => void];

/** Found with the head and without. */
const FOUND_BY_ALL: readonly Forgery[] = [
  [
    "an event is changed",
    (forger, { events, first }) =>
      forger.write(
        numbered(
          events.map((e, i) => (i === 1 ? lied(e) : e)),
          first,
        ),
      ),
  ],
  [
    "an event is changed with a new hash, and those after it are left as they are",
    (forger, { events, first }) =>
      forger.write(
        numbered(
          events.map((e, i) => (i === 1 ? chain(lie(e), e.previousHash) : e)),
          first,
        ),
      ),
  ],
  [
    "an event is removed",
    (forger, { events, first }) => forger.write(numbered(events, first).filter((_, i) => i !== 1)),
  ],
  [
    "an event is removed and the others are numbered again",
    (forger, { events, first }) =>
      forger.write(
        numbered(
          events.filter((_, i) => i !== 1),
          first,
        ),
      ),
  ],
  [
    "two events change places",
    (forger, { events, first }) => {
      const [a, b, c, ...rest] = events as [AuditEvent, AuditEvent, AuditEvent];
      forger.write(numbered([a, c, b, ...rest], first));
    },
  ],
  [
    "an event stands before the first one, with a negative number",
    (forger, { events, first, start }) =>
      forger.write([{ seq: -1, event: chain(someFacts(), `${start.slice(1)}f`) }, ...numbered(events, first)]),
  ],
  [
    "an event stands at the number of the last one that was pruned",
    (forger, { events, first }) =>
      forger.write([{ seq: first - 1, event: chain(someFacts(), "f".repeat(64)) }, ...numbered(events, first)]),
  ],
  [
    "all events have negative numbers, behind a checkpoint that is the head",
    (forger, { events, head, first }) => {
      const count = first - 1 + events.length;
      const others = chained([...events.map(lie), aPruning(head, count)], GENESIS);
      forger.checkpoint({ seq: -others.length - 1, hash: head, at: NOON, count: -others.length - 1 });
      forger.write(numbered(others, -others.length));
    },
  ],
  [
    "other events stand behind a checkpoint that is the head, and no pruning is recorded",
    (forger, { events, head, first }) => {
      const count = first - 1 + events.length;
      forger.checkpoint({ seq: count, hash: head, at: NOON, count });
      forger.write(numbered(chained(events.filter(isNoPruning).map(lie), head), count + 1));
    },
  ],
  [
    "other events stand at the old numbers beside a checkpoint that is the head",
    (forger, { events, head, first }) => {
      const count = first - 1 + events.length;
      forger.checkpoint({ seq: count, hash: head, at: NOON, count });
      const [pruning] = chained([aPruning(head, count)], head);
      forger.write([
        ...numbered(chained(events.map(lie), GENESIS), first),
        { seq: count + 1, event: pruning as AuditEvent },
      ]);
    },
  ],
  [
    "the oldest events are removed behind a checkpoint that no pruning made",
    (forger, { events, first }) => {
      const [gone] = events as [AuditEvent];
      forger.checkpoint({ seq: first, hash: gone.hash, at: gone.at, count: first });
      forger.write(numbered(events.slice(1), first + 1));
    },
  ],
  [
    "a checkpoint and all numbers are moved",
    (forger, { events, start, first }) => {
      forger.checkpoint({ seq: first + 9, hash: start, at: NOON, count: first + 9 });
      forger.write(numbered(events, first + 10));
    },
  ],
  [
    "a checkpoint counts more than its number",
    (forger, { start, first }) => forger.checkpoint({ seq: first - 1, hash: start, at: NOON, count: first + 50 }),
  ],
  [
    "there are two checkpoints",
    (forger, { head, start, first }) => {
      forger.dropRules();
      forger.sql(`DELETE FROM audit_checkpoint; INSERT INTO audit_checkpoint (id, seq, hash, at, count)
        VALUES (1, ${first - 1}, '${start}', 1, ${first - 1}), (1, 9, '${head}', 1, 9)`);
    },
  ],
  [
    "the checkpoint is a text",
    (forger, { head }) => {
      forger.dropRules();
      forger.sql(`DELETE FROM audit_checkpoint; INSERT INTO audit_checkpoint (id, seq, hash, at, count)
        VALUES (1, '9', '${head}', 1, '9')`);
    },
  ],
  ...(["1.5", "'2'", "x'32'", "NULL", "2"] as const).map(
    (seq): Forgery => [
      `an event more has the number ${seq}`,
      (forger) => {
        forger.dropRules();
        forger.sql(`INSERT INTO audit_events SELECT ${seq}, 'event_more', at, action, actor_kind, actor_key_id,
          actor_client_id, target_kind, target_id, address, request_id, details, previous_hash, hash
          FROM audit_events ORDER BY seq LIMIT 1`);
      },
    ],
  ),
  [
    "numbers are floating",
    (forger) => {
      forger.dropRules();
      forger.sql("UPDATE audit_events SET seq = seq * 1.0");
    },
  ],
  [
    "times are floating",
    (forger) => {
      forger.dropRules();
      forger.sql("UPDATE audit_events SET at = at * 1.0");
    },
  ],
];

const isNoPruning = ({ action }: AuditEvent) => action !== "audit.pruned";

/** Found only with the head: what is left is a valid chain. */
const FOUND_BY_HEAD: readonly Forgery[] = [
  ["its end is cut off", (forger, { events, first }) => forger.write(numbered(events.slice(0, -1), first))],
  [
    "its end is cut off, and other events follow",
    (forger, world) =>
      forger.write(
        numbered(
          rechained(world, world.events.length - 1, (rest) => rest.map(lie)),
          world.first,
        ),
      ),
  ],
  [
    "an event is changed, and all after it are rewritten",
    (forger, world) =>
      forger.write(
        numbered(
          rechained(world, 1, ([changed, ...rest]) => [lie(changed as AuditEvent), ...rest.map(factsOf)]),
          world.first,
        ),
      ),
  ],
  [
    "an event is removed, and all after it are rewritten",
    (forger, world) =>
      forger.write(
        numbered(
          rechained(world, 1, ([, ...rest]) => rest.map(factsOf)),
          world.first,
        ),
      ),
  ],
  [
    "an event is added, and all after it are rewritten",
    (forger, world) =>
      forger.write(
        numbered(
          rechained(world, 1, (rest) => [someFacts(), ...rest.map(factsOf)]),
          world.first,
        ),
      ),
  ],
  [
    "everything is rewritten, as if nothing had ever been pruned",
    (forger, { events }) => {
      forger.sql("DELETE FROM audit_checkpoint");
      forger.write(numbered(chained(events.filter(isNoPruning).map(lie), GENESIS)));
    },
  ],
  [
    "the oldest events are removed by a pruning that is written into the middle",
    (forger, world) => {
      const [gone, , ...rest] = world.events as [AuditEvent, AuditEvent];
      forger.checkpoint({ seq: world.first, hash: gone.hash, at: gone.at, count: world.first });
      const facts = [aPruning(gone.hash, world.first), ...rest.filter(isNoPruning).map(factsOf)];
      forger.write(numbered(chained(facts, gone.hash), world.first + 1));
    },
  ],
];

/** The chain is whole, and those who read the log do not see all of it. */
const HIDING: readonly (readonly [name: string, reason: string, sql: string])[] = [
  [
    "an index lists some events alone and says that it lists all",
    "entries",
    `DROP INDEX audit_events_by_target_id;
      CREATE INDEX audit_events_by_target_id ON audit_events (target_id) WHERE seq < 0;
      PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = 'CREATE INDEX audit_events_by_target_id ON audit_events (target_id)'
        WHERE name = 'audit_events_by_target_id';
      PRAGMA writable_schema = RESET`,
  ],
  [
    "an index lists some events alone",
    "indexes",
    `DROP INDEX audit_events_by_at; CREATE INDEX audit_events_by_at ON audit_events (at) WHERE seq < 0`,
  ],
  ["an index is missing", "indexes", "DROP INDEX audit_events_by_action"],
  ["an index more is there", "indexes", "CREATE INDEX more ON audit_events (target_id, seq)"],
  [
    "the events are a view",
    "replaced",
    "ALTER TABLE audit_events RENAME TO kept; CREATE VIEW audit_events AS SELECT * FROM kept WHERE seq > 0",
  ],
  [
    "the checkpoint is a view",
    "replaced",
    "ALTER TABLE audit_checkpoint RENAME TO kept; CREATE VIEW audit_checkpoint AS SELECT * FROM kept",
  ],
  ["there is no table of the checkpoint", "replaced", "DROP TABLE audit_checkpoint"],
  [
    "a trigger changes what is written",
    "trigger",
    "CREATE TRIGGER more AFTER INSERT ON audit_events BEGIN DELETE FROM keys WHERE id = 'key_more'; END",
  ],
  [
    "a trigger has the name of one of the service's",
    "trigger",
    `CREATE TRIGGER audit_events_stay BEFORE DELETE ON audit_events
      BEGIN SELECT raise(ignore); SELECT raise(abort, 'audit events go only by pruning'); END`,
  ],
];

describe.each([
  ["from its very beginning", 6, 0],
  ["that was pruned before", 9, 3],
] as const)("a log %s", (_, length, pruned) => {
  it("is intact as the service left it", async () => {
    const { withHead, without } = await verdictsOn(await aWorld(length, pruned), () => {});
    expect(withHead).toMatchObject({ kind: "intact", prunedSince: undefined });
    expect(without).toMatchObject({ kind: "intact" });
  });

  it.each(FOUND_BY_ALL)("is not intact when %s", async (_name, forge) => {
    const { withHead, without } = await verdictsOn(await aWorld(length, pruned), forge);
    expect(withHead.kind).not.toBe("intact");
    expect(without.kind).not.toBe("intact");
  });

  it.each(HIDING)("is not intact, and why is named, when %s", async (_name, reason, sql) => {
    const { withHead, without } = await verdictsOn(await aWorld(length, pruned), (forger) => forger.sql(sql));
    expect(withHead).toMatchObject({ kind: "tables-broken", reason });
    expect(without).toEqual(withHead);
  });

  it.each(FOUND_BY_HEAD)("is not intact, with the head, when %s", async (_name, forge) => {
    const { withHead, without } = await verdictsOn(await aWorld(length, pruned), forge);
    expect(withHead.kind).not.toBe("intact");
    expect(without.kind).toBe("intact");
  });

  it("names the pruning that a kept head does not vouch for", async () => {
    const { withHead } = await verdictsOn(await aWorld(length, pruned), (forger, { events, head, first }) => {
      const count = first - 1 + events.length;
      const later = chained([aPruning(head, count)], head);
      forger.checkpoint({ seq: count, hash: head, at: NOON, count });
      forger.write(numbered(later, count + 1));
    });
    expect(withHead).toMatchObject({ kind: "intact", prunedSince: { action: "audit.pruned" } });
  });
});

describe("a log of which two events at the border of a page have one number", () => {
  it("is not intact", async () => {
    const world = await aWorld(503, 0);
    const { withHead } = await verdictsOn(world, (forger) => {
      forger.dropRules();
      forger.sql(`INSERT INTO audit_events SELECT seq, 'event_more', at, action, actor_kind, actor_key_id,
        actor_client_id, target_kind, target_id, address, request_id, details, previous_hash, hash
        FROM audit_events WHERE seq = 500`);
    });
    expect(withHead).toMatchObject({ kind: "broken", reason: "misplaced" });
  });
});
