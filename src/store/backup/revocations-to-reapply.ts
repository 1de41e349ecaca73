import type { DatabaseSync } from "node:sqlite";
import type { Instant } from "../../lib/time/clock.ts";
import { BULK_REVOCATION_COLUMNS } from "../bulk-revocations.ts";
import type { Counts } from "../database/inspect-database.ts";

/** Something that the database `from` stops and a copy of an earlier state of it does not, or only later. */
export type RevocationToReapply = {
  /** Of a key or of a client. */
  readonly id: string;
  readonly how: "revoked" | "disabled" | "rotated" | "expires-earlier";
  readonly at: Instant;
  readonly reason: string | null;
};

/** Every column that ends what a key or a client may do, at the instant that stands in it. */
const COLUMNS = [
  { how: "revoked", table: "keys", column: "revoked_at", reason: "revocation_reason" },
  { how: "disabled", table: "keys", column: "disabled_at", reason: null },
  { how: "rotated", table: "keys", column: "overlap_ends_at", reason: null },
  { how: "expires-earlier", table: "keys", column: "expires_at", reason: null },
  { how: "disabled", table: "clients", column: "disabled_at", reason: null },
] as const;

type Column = (typeof COLUMNS)[number];

/**
 * What `from` stops and `to` does not, or only later.
 * @throws what SQLite throws when one of them cannot be read; then nothing is known
 */
export function findRevocationsToReapply(from: DatabaseSync, to: DatabaseSync): readonly RevocationToReapply[] {
  return sharedColumns(from, to).flatMap((column) => {
    const earlier = new Map(endsIn(to, column).map(({ id, at }) => [id, at]));
    return endsIn(from, column)
      .filter(({ id, at }) => at !== null && earlier.has(id) && at < (earlier.get(id) ?? Number.POSITIVE_INFINITY))
      .map(({ id, at, reason }) => ({ id, how: column.how, at: at as Instant, reason }));
  });
}

/** Writes `revocationsToReapply` into `to`, all of them or none. */
export function reapplyRevocations(to: DatabaseSync, revocationsToReapply: readonly RevocationToReapply[]): void {
  to.exec("BEGIN IMMEDIATE");
  for (const { id, how, at, reason } of revocationsToReapply) {
    for (const column of COLUMNS.filter((candidate) => candidate.how === how)) {
      const also = column.reason === null ? "" : `, ${column.reason} = :reason`;
      to.prepare(`UPDATE ${column.table} SET ${column.column} = :at${also} WHERE id = :id`).run({
        id,
        at,
        ...(column.reason !== null && { reason }),
      });
    }
  }
  to.exec("COMMIT");
}

/** How many clients and keys `from` has that `to` has not. */
export function findMissing(from: DatabaseSync, to: DatabaseSync): Counts {
  const missing = (table: string) => {
    const known = new Set(idsIn(to, table));
    return idsIn(from, table).filter((id) => !known.has(id)).length;
  };
  return { clients: missing("clients"), keys: missing("keys") };
}

/** Schemas differ by age; what only one of them knows cannot be compared. */
function sharedColumns(...files: readonly DatabaseSync[]): readonly Column[] {
  return COLUMNS.filter(({ table, column }) =>
    files.every(
      (file) => file.prepare("SELECT 1 FROM pragma_table_info(?) WHERE name = ?").get(table, column) !== undefined,
    ),
  );
}

type End = { readonly id: string; readonly at: Instant | null; readonly reason: string | null };

function endsIn(file: DatabaseSync, { table, column, reason }: Column): readonly End[] {
  if (column !== "revoked_at" || !hasRevocationTable(file)) {
    return file.prepare(`SELECT id, ${column} AS at, ${reason} AS reason FROM ${table}`).all() as unknown as End[];
  }
  const { at, reason: why } = BULK_REVOCATION_COLUMNS;
  return file
    .prepare(`SELECT id, ifnull(revoked_at, ${at}) AS at, ifnull(revocation_reason, ${why}) AS reason FROM keys`)
    .all() as unknown as End[];
}

/** A revocation holds before it is carried out for every key. */
function hasRevocationTable(file: DatabaseSync): boolean {
  return file.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'revocations'").get() !== undefined;
}

function idsIn(file: DatabaseSync, table: string): readonly unknown[] {
  return file
    .prepare(`SELECT id FROM ${table}`)
    .all()
    .map(({ id }) => id);
}
