import { setImmediate as nextTurn } from "node:timers/promises";
import { type Selectable, sql } from "kysely";
import { toCanonicalJson } from "../lib/canonical-json.ts";
import { type Checkpoint, findCheckpoint, toEvent } from "./audit.ts";
import { chain, GENESIS } from "./audit-event.ts";
import type { AuditEventTable, Database } from "./schema.ts";

export type Verdict =
  | {
      readonly kind: "intact";
      readonly count: number;
      readonly hash: string;
      readonly checkpoint: Checkpoint | undefined;
    }
  /** `changed`: the event is not what its hash was made of. `misplaced`: it does not follow the event before it. */
  | { readonly kind: "broken"; readonly eventId: string; readonly reason: "changed" | "misplaced" }
  /** The events that are there form a chain, but `head` was never the end of it, or is no more. */
  | { readonly kind: "head-unknown"; readonly checkpoint: Checkpoint | undefined };

/** About 5 ms of work, so that requests of the same process do not wait. */
const PAGE_SIZE = 500;

/**
 * Follows the whole chain, and yields between pages. Without a `head` that was kept elsewhere it cannot notice that
 * the last events are missing, or that all from some event on were written anew.
 */
export async function verifyChain(db: Database, head?: string): Promise<Verdict> {
  for (;;) {
    const checkpoint = await findCheckpoint(db);
    const verdict = await follow(db, checkpoint, head);
    const current = await findCheckpoint(db);
    if (verdict.kind === "intact" || current?.hash === checkpoint?.hash) return verdict;
    // Somebody pruned meanwhile, so it was the events before our place that went.
  }
}

async function follow(db: Database, checkpoint: Checkpoint | undefined, head: string | undefined): Promise<Verdict> {
  let hash = checkpoint?.hash ?? GENESIS;
  let count = checkpoint?.count ?? 0;
  let isHeadFound = head === undefined || head === hash;

  for await (const row of rowsAfter(db, checkpoint?.seq ?? 0)) {
    if (row.previous_hash !== hash) return broken(row, "misplaced");
    if (!isUnchanged(row)) return broken(row, "changed");
    hash = row.hash;
    count++;
    isHeadFound ||= hash === head;
  }
  return isHeadFound ? { kind: "intact", count, hash, checkpoint } : { kind: "head-unknown", checkpoint };
}

function broken({ id }: Row, reason: "changed" | "misplaced"): Verdict {
  return { kind: "broken", eventId: id, reason };
}

/** Numbers as text: one that JavaScript does not have would fail the whole page. */
type Row = Omit<Selectable<AuditEventTable>, "seq" | "at"> & { readonly seq: string; readonly at: string };

async function* rowsAfter(db: Database, seq: number): AsyncGenerator<Row> {
  let place = seq;
  for (;;) {
    const rows: readonly Row[] = await db
      .selectFrom("audit_events")
      .select(["id", "action", "actor_kind", "actor_key_id", "actor_client_id", "target_kind", "target_id"])
      .select(["address", "request_id", "details", "previous_hash", "hash"])
      .select([sql<string>`cast(seq as text)`.as("seq"), sql<string>`cast(at as text)`.as("at")])
      .where("seq", ">", place)
      .orderBy("audit_events.seq")
      .limit(PAGE_SIZE)
      .execute();
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    place = Number(last.seq);
    await nextTurn();
  }
}

/** Is the row what its hash was made of? */
function isUnchanged(row: Row): boolean {
  try {
    const event = toEvent({ ...row, seq: Number(row.seq), at: Number(row.at) });
    // Another way to write the same details would be a change, too.
    return toCanonicalJson(event.details) === row.details && chain(event, event.previousHash).hash === event.hash;
  } catch {
    // It holds what no event can, such as details that are no JSON.
    return false;
  }
}
