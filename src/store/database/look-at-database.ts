import { statSync } from "node:fs";
import { resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Instant } from "../../lib/time/clock.ts";
import { findMissingMigrations } from "./database.ts";
import { errorFactsOf } from "./failure.ts";
import { type Counts, type DatabaseInspection, inspectDatabase } from "./inspect-database.ts";
import { readColumn } from "./read-value.ts";

/** What shows of a database without changing it. A service may run on it. */
export type DatabaseFacts =
  | { readonly kind: "absent"; readonly path: string }
  | {
      readonly kind: "unusable";
      readonly path: string;
      readonly why: Exclude<DatabaseInspection["kind"], "latchkey"> | "unreadable";
      readonly detail: string;
    }
  | ({ readonly kind: "usable"; readonly path: string } & UsableFacts);

type UsableFacts = {
  readonly counts: Counts;
  /** The next start, or the next command that opens it, adds them. */
  readonly missingMigrations: number;
  /** Permission bits of the file, such as `0o600`. */
  readonly mode: number;
  /** The latest time that is known to have passed; 0: none. */
  readonly seenAt: Instant;
  /** The wall clock at the last heartbeat of a service; 0: none ever. */
  readonly beatAt: Instant;
  readonly lastBackup: LastBackup | undefined;
};

export type LastBackup = { readonly at: Instant; readonly file: string };

/** Looks at the database of `url`, and creates none. */
export function lookAtDatabase(url: string): DatabaseFacts {
  const path = resolve(url.slice("sqlite:".length));
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return { kind: "absent", path };
    return withConnection(path, (connection) => inspect(connection, path, stat.mode & 0o777));
  } catch (error) {
    return { kind: "unusable", path, why: "unreadable", detail: errorFactsOf(error).message };
  }
}

/** @returns SQLite's first finding about the file, if any. Quicker than the full check, and does not compare indexes. */
export function quickCheck(path: string): string | undefined {
  const [finding = "the check gave no result"] = withConnection(path, (connection) =>
    readColumn(connection, "PRAGMA quick_check(1)", String),
  );
  return finding === "ok" ? undefined : finding;
}

function withConnection<T>(path: string, read: (connection: DatabaseSync) => T): T {
  const connection = new DatabaseSync(path, { readOnly: true });
  try {
    return read(connection);
  } finally {
    connection.close();
  }
}

function inspect(connection: DatabaseSync, path: string, mode: number): DatabaseFacts {
  const inspection = inspectDatabase(connection);
  if (inspection.kind !== "latchkey") {
    const detail =
      inspection.kind === "newer"
        ? `its schema has ${inspection.migration}`
        : inspection.kind === "damaged"
          ? inspection.finding
          : "";
    return { kind: "unusable", path, why: inspection.kind, detail };
  }
  const done = readColumn(connection, "SELECT name FROM kysely_migration", String);
  const columns = readColumn(connection, "SELECT name FROM pragma_table_info('store_state')", String);
  return {
    kind: "usable",
    path,
    mode,
    counts: inspection.counts,
    missingMigrations: findMissingMigrations(done).length,
    seenAt: columns.includes("seen_at") ? readNumber(connection, "seen_at") : 0,
    beatAt: columns.includes("beat_at") ? readNumber(connection, "beat_at") : 0,
    lastBackup: columns.includes("backed_up_at") ? readLastBackup(connection) : undefined,
  };
}

function readNumber(connection: DatabaseSync, column: "seen_at" | "beat_at"): number {
  return readColumn(connection, `SELECT ${column} FROM store_state`, Number)[0] ?? 0;
}

function readLastBackup(connection: DatabaseSync): LastBackup | undefined {
  const row = connection.prepare("SELECT backed_up_at AS at, backed_up_to AS file FROM store_state").get();
  if (row === undefined || row["at"] === null || row["file"] === null) return undefined;
  return { at: Number(row["at"]), file: String(row["file"]) };
}
