import { sql } from "kysely";
import type { Instant } from "../../lib/time/clock.ts";
import type { Database } from "../database/schema.ts";
import type { AuditEvent } from "./audit-event.ts";

/** What remains of the pruned events: the last of them, and their number. */
export type Checkpoint = {
  /** The number of the last pruned event. Events are numbered from 1 without a gap, so it equals `count`. */
  readonly seq: number;
  readonly hash: string;
  readonly at: Instant;
  readonly count: number;
};

export async function findCheckpoint(db: Database): Promise<Checkpoint | undefined> {
  return db.selectFrom("audit_checkpoint").select(["seq", "hash", "at", "count"]).executeTakeFirst();
}

/** The checkpoint as a verification reads it. The table may have lost its constraints. */
export type ReadCheckpoint =
  | { readonly kind: "none" }
  | { readonly kind: "one"; readonly checkpoint: Checkpoint }
  /** The table holds something that no pruning writes. */
  | { readonly kind: "invalid" };

export async function readCheckpoint(db: Database): Promise<ReadCheckpoint> {
  const { rows } = await sql<Readonly<Record<keyof Checkpoint, string | null>>>`
    select ${integerOf("seq")} as seq, hash, ${integerOf("at")} as at, ${integerOf("count")} as count
    from audit_checkpoint limit 2`.execute(db);
  const [row, another] = rows;
  if (row === undefined) return { kind: "none" };

  const { seq, hash, at, count } = row;
  const checkpoint = { seq: Number(seq), hash: String(hash), at: Number(at), count: Number(count) };
  const isNumbered = Number.isSafeInteger(checkpoint.seq) && checkpoint.seq >= 1 && checkpoint.seq === checkpoint.count;
  const isValid = isNumbered && seq !== null && at !== null && typeof hash === "string" && HASH.test(hash);
  return another === undefined && isValid ? { kind: "one", checkpoint } : { kind: "invalid" };
}

const HASH = /^[0-9a-f]{64}$/;

/**
 * A column as text if it is an integer, else null. A table without constraints could hold 1.0 and '1' beside 1, and an
 * integer beyond JavaScript's safe range would fail the query.
 */
export function integerOf(column: string) {
  const value = sql.ref(column);
  return sql<string | null>`iif(typeof(${value}) = 'integer', cast(${value} as text), null)`;
}

/** Does `event` record the pruning that left `checkpoint`? */
export function isRecordOf({ action, target, details }: AuditEvent, { hash, at, count }: Checkpoint): boolean {
  return (
    action === "audit.pruned" &&
    target.kind === "audit" &&
    target.id === hash &&
    details["pruned"] === String(count) &&
    at < Date.parse(details["before"] ?? "")
  );
}
