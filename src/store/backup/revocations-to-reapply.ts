import type { DatabaseSync } from "node:sqlite";
import type { Instant } from "../../lib/time/clock.ts";
import { BULK_REVOCATION_COLUMNS } from "../bulk-revocations.ts";
import type { Counts } from "../database/inspect-database.ts";
import { hasRow, orNull, readColumn, toInteger, toText } from "../database/read-value.ts";

/** A key or a client that ends in the current database and not, or only later, in the backup. */
export type RevocationToReapply = {
  /** Of a key or of a client. */
  readonly id: string;
  readonly how: "revoked" | "disabled" | "rotated" | "expires-earlier";
  readonly at: Instant;
  readonly reason: string | null;
};

/** Every column whose instant ends what a key or a client may do. */
const COLUMNS = [
  { how: "revoked", table: "keys", column: "revoked_at", reason: "revocation_reason" },
  { how: "disabled", table: "keys", column: "disabled_at", reason: null },
  { how: "rotated", table: "keys", column: "overlap_ends_at", reason: null },
  { how: "expires-earlier", table: "keys", column: "expires_at", reason: null },
  { how: "disabled", table: "clients", column: "disabled_at", reason: null },
] as const;

type Column = (typeof COLUMNS)[number];

/**
 * What ends in `from` and not, or only later, in `to`.
 * @throws an error of SQLite, or a TypeError, when one of them cannot be read
 */
export function findRevocationsToReapply(from: DatabaseSync, to: DatabaseSync): readonly RevocationToReapply[] {
  return sharedColumns(from, to).flatMap((column) => {
    const ends = new Map(endsIn(to, column).map(({ id, at }) => [id, at ?? Number.POSITIVE_INFINITY]));
    return endsIn(from, column).flatMap(({ id, at, reason }) => {
      const isEarlier = at !== null && at < (ends.get(id) ?? Number.NEGATIVE_INFINITY);
      return isEarlier ? [{ id, how: column.how, at, reason }] : [];
    });
  });
}

/** Writes all of them into `to`, in one transaction. */
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

/** How many clients and keys are in `from` and not in `to`. */
export function findMissing(from: DatabaseSync, to: DatabaseSync): Counts {
  const missing = (table: string) => {
    const known = new Set(idsIn(to, table));
    return idsIn(from, table).filter((id) => !known.has(id)).length;
  };
  return { clients: missing("clients"), keys: missing("keys") };
}

/** The columns that both have: an older schema lacks some. */
function sharedColumns(...connections: readonly DatabaseSync[]): readonly Column[] {
  const sql = "SELECT 1 FROM pragma_table_info(?) WHERE name = ?";
  return COLUMNS.filter(({ table, column }) => connections.every((one) => hasRow(one, sql, table, column)));
}

type End = { readonly id: string; readonly at: Instant | null; readonly reason: string | null };

function endsIn(connection: DatabaseSync, column: Column): readonly End[] {
  return connection
    .prepare(endsQuery(connection, column))
    .all()
    .map(({ id, at, reason }) => ({ id: toText(id), at: orNull(toInteger)(at), reason: orNull(toText)(reason) }));
}

function endsQuery(connection: DatabaseSync, { table, column, reason }: Column): string {
  if (column !== "revoked_at" || !hasBulkRevocationTable(connection)) {
    return `SELECT id, ${column} AS at, ${reason} AS reason FROM ${table}`;
  }
  const bulk = BULK_REVOCATION_COLUMNS;
  return `SELECT id, ifnull(revoked_at, ${bulk.at}) AS at, ifnull(revocation_reason, ${bulk.reason}) AS reason FROM keys`;
}

/** A bulk revocation is in force before every key is marked. */
function hasBulkRevocationTable(connection: DatabaseSync): boolean {
  return hasRow(connection, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'revocations'");
}

function idsIn(connection: DatabaseSync, table: string): readonly string[] {
  return readColumn(connection, `SELECT id FROM ${table}`, toText);
}
