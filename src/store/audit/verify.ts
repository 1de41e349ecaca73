import { setImmediate as nextTurn } from "node:timers/promises";
import { type Selectable, sql } from "kysely";
import { toCanonicalJson } from "../../lib/json/canonical-json.ts";
import type { AuditEventTable, Database } from "../database/schema.ts";
import { toEvent } from "./audit.ts";
import { type Checkpoint, integerOf, isRecordOf, readCheckpoint } from "./audit-checkpoint.ts";
import { type AuditEvent, chain, GENESIS } from "./audit-event.ts";
import { type FaultyTable, findFaultyRules, findReplaced } from "./audit-tables.ts";

export type Verdict =
  | {
      readonly kind: "intact";
      readonly count: number;
      readonly hash: string;
      readonly checkpoint: Checkpoint | undefined;
      /**
       * Set when the pruning that left the checkpoint came after the given head, so that the head does not confirm it.
       */
      readonly prunedSince: AuditEvent | undefined;
    }
  | { readonly kind: "broken"; readonly eventId: string; readonly reason: EventFault }
  | { readonly kind: "checkpoint-broken"; readonly reason: CheckpointFault }
  | FaultyTable
  /** The events form a chain, but `head` was never the end of it, or is not in it any more. */
  | { readonly kind: "head-unknown"; readonly checkpoint: Checkpoint | undefined };

/**
 * `changed`: the event does not match its hash. `misplaced`: it does not follow the event before it. `misnumbered`: its
 * number is not the next one, or belongs to the pruned events.
 */
export type EventFault = "changed" | "misplaced" | "misnumbered";

/**
 * `invalid`: no pruning writes such a checkpoint. `unrecorded`: it is not the one that the last pruning in the log
 * left.
 */
export type CheckpointFault = "invalid" | "unrecorded";

/** About 5 ms of work, so that requests to the same process do not wait. */
const PAGE_SIZE = 500;

/**
 * Follows the whole chain, and yields to other work between pages. It trusts nothing in the file, not even the
 * constraints of the tables. Without a `head` that was kept elsewhere it cannot notice that the last events are
 * missing, or that all events after some point were replaced.
 * @param onProgress gets how many events were followed, after each page.
 */
export async function verifyChain(
  db: Database,
  head?: string,
  onProgress: (events: number) => void = () => {},
): Promise<Verdict> {
  const replaced = await findReplaced(db);
  if (replaced !== undefined) return replaced;
  for (;;) {
    const before = await readCheckpoint(db);
    const verdict = before.kind === "invalid" ? INVALID : await follow(db, checkpointOf(before), { head, onProgress });
    if (verdict.kind === "intact") return (await findFaultyRules(db)) ?? verdict;
    const after = await readCheckpoint(db);
    if (checkpointOf(after)?.hash === checkpointOf(before)?.hash) return verdict;
    // Another process pruned in the meantime: start again from its checkpoint.
  }
}

const INVALID = { kind: "checkpoint-broken", reason: "invalid" } as const;

function checkpointOf(read: Awaited<ReturnType<typeof readCheckpoint>>): Checkpoint | undefined {
  return read.kind === "one" ? read.checkpoint : undefined;
}

type Following = { readonly head: string | undefined; readonly onProgress: (events: number) => void };

async function follow(
  db: Database,
  checkpoint: Checkpoint | undefined,
  { head, onProgress }: Following,
): Promise<Verdict> {
  const stray = await findStray(db, checkpoint?.seq ?? 0);
  if (stray !== undefined) return broken(stray, "misnumbered");

  let hash = checkpoint?.hash ?? GENESIS;
  let count = checkpoint?.count ?? 0;
  let isHeadFound = head === undefined || head === hash;
  let isHeadBehind = head !== undefined && isHeadFound;
  let pruning: AuditEvent | undefined;
  let prunedSince: AuditEvent | undefined;

  for await (const row of rowsAfter(db, count)) {
    if (row.previous_hash !== hash) return broken(row, "misplaced");
    const event = readEvent(row);
    if (event === undefined) return broken(row, "changed");
    if (row.seq !== String(count + 1)) return broken(row, "misnumbered");
    if (event.action === "audit.pruned") {
      pruning = event;
      prunedSince = isHeadBehind ? event : undefined;
    }
    hash = event.hash;
    count++;
    if (count % PAGE_SIZE === 0) onProgress(count);
    isHeadFound ||= hash === head;
    isHeadBehind ||= hash === head;
  }
  // The checkpoint is not part of the chain; the event is. So the event decides what was pruned.
  const isRecorded = checkpoint === undefined ? pruning === undefined : pruning && isRecordOf(pruning, checkpoint);
  if (!isRecorded) return { kind: "checkpoint-broken", reason: "unrecorded" };
  return isHeadFound ? { kind: "intact", count, hash, checkpoint, prunedSince } : { kind: "head-unknown", checkpoint };
}

function broken({ id }: Pick<Row, "id">, reason: EventFault): Verdict {
  return { kind: "broken", eventId: String(id), reason };
}

/** Finds an event whose number lies before the start of the chain: it would be listed, and not be part of the chain. */
async function findStray(db: Database, seq: number): Promise<Pick<Row, "id"> | undefined> {
  const { rows } = await sql<Pick<Row, "id">>`
    select id from audit_events where seq is null or seq <= ${seq} limit 1`.execute(db);
  return rows[0];
}

/** Integers as text, because one beyond JavaScript's safe range would fail the whole page. Null: not an integer. */
type Row = Omit<Selectable<AuditEventTable>, "seq" | "at"> & {
  readonly seq: string | null;
  readonly at: string | null;
};

/** SQLite sorts texts and blobs after all numbers, so rows with such a `seq` come last; none is skipped. */
async function* rowsAfter(db: Database, seq: number): AsyncGenerator<Row> {
  const first = await readPage(db, ">", seq);
  yield* first;
  for (let last = first.at(-1); last !== undefined; ) {
    await nextTurn();
    // The page begins with the last row again, so that a second row with the same number is not skipped.
    const [, ...rows] = await readPage(db, ">=", Number(last.seq));
    yield* rows;
    last = rows.at(-1);
  }
}

function readPage(db: Database, from: ">" | ">=", seq: number): Promise<readonly Row[]> {
  return db
    .selectFrom("audit_events")
    .select(["id", "action", "actor_kind", "actor_key_id", "actor_client_id", "target_kind", "target_id"])
    .select(["address", "request_id", "details", "previous_hash", "hash"])
    .select([integerOf("seq").as("seq"), integerOf("at").as("at")])
    .where("seq", from, seq)
    .orderBy("audit_events.seq")
    .limit(PAGE_SIZE)
    .execute();
}

/** The event in the row, if it matches its hash. */
function readEvent(row: Row): AuditEvent | undefined {
  try {
    if (row.seq === null || row.at === null) return undefined;
    const event = toEvent({ ...row, seq: Number(row.seq), at: Number(row.at) });
    // The same details in another notation are a change, too.
    const isUnchanged = toCanonicalJson(event.details) === row.details;
    return isUnchanged && chain(event, event.previousHash).hash === event.hash ? event : undefined;
  } catch {
    // Not an event: the details are not JSON, for example.
    return undefined;
  }
}
