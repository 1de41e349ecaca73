import type { DatabaseSync } from "node:sqlite";
import { findUnknownMigration, StoreUnusable } from "./database.ts";
import { errorFactsOf, primaryCodeOf } from "./failure.ts";
import { readColumn, readValue, toInteger } from "./read-value.ts";
import { APPLICATION_ID } from "./sqlite.ts";

export type Counts = { readonly clients: number; readonly keys: number };

/** What a file is, as far as that shows without reading all of it. */
export type DatabaseInspection =
  | { readonly kind: "latchkey"; readonly counts: Counts }
  | { readonly kind: "empty" }
  | { readonly kind: "foreign" }
  | { readonly kind: "not-sqlite" }
  | { readonly kind: "newer"; readonly migration: string }
  | { readonly kind: "damaged"; readonly finding: string };

/** Finds out which application the file belongs to, and how much is in it; changes nothing. */
export function inspectDatabase(connection: DatabaseSync): DatabaseInspection {
  try {
    const tables = new Set(readColumn(connection, "SELECT name FROM sqlite_master WHERE type = 'table'", String));
    const applicationId = readValue(connection, "PRAGMA application_id", toInteger);
    if (applicationId !== APPLICATION_ID) {
      return applicationId === 0 && tables.size === 0 ? { kind: "empty" } : { kind: "foreign" };
    }
    if (!tables.has("kysely_migration")) return { kind: "empty" };

    const migration = findUnknownMigration(readColumn(connection, "SELECT name FROM kysely_migration", String));
    return migration === undefined ? { kind: "latchkey", counts: countsIn(connection) } : { kind: "newer", migration };
  } catch (error) {
    return toDamage(error);
  }
}

export function countsIn(connection: DatabaseSync): Counts {
  return {
    clients: readValue(connection, "SELECT count(*) FROM clients", toInteger),
    keys: readValue(connection, "SELECT count(*) FROM keys", toInteger),
  };
}

/** Reads the whole file. @returns SQLite's message about the first damage, if any. */
export function findDamage(connection: DatabaseSync): string | undefined {
  try {
    const [finding = "the check gave no result"] = readColumn(connection, "PRAGMA integrity_check(1)", String);
    return finding === "ok" ? undefined : toLastLine(finding);
  } catch (error) {
    return toLastLine(toDamage(error).finding);
  }
}

/**
 * How much is in a database that must be one of this service and version.
 * @param name the database, as the operator should read it
 * @param hint what to do about one that cannot be used
 * @throws StoreUnusable
 */
export function requireLatchkeyDatabase(inspection: DatabaseInspection, name: string, hint: string): Counts {
  switch (inspection.kind) {
    case "latchkey":
      return inspection.counts;
    case "empty":
      throw new StoreUnusable(`${name} is empty: ${hint}.`);
    case "foreign":
      throw new StoreUnusable(`${name} is the database of another application: ${hint}.`);
    case "not-sqlite":
      throw new StoreUnusable(`${name} is not an SQLite database: ${hint}.`);
    case "newer":
      throw new StoreUnusable(
        `${name} was written by a newer version (its schema has ${inspection.migration}): use that version's latchkey.`,
      );
    case "damaged":
      throw new StoreUnusable(`${name} is damaged (${inspection.finding}): ${hint}.`);
  }
}

const ERROR = 1;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

function toDamage(error: unknown): { readonly kind: "damaged" | "not-sqlite"; readonly finding: string } {
  const code = primaryCodeOf(error);
  const finding = toLastLine(errorFactsOf(error).message);
  if (code === NOT_A_DATABASE) return { kind: "not-sqlite", finding };
  // ERROR: a table is missing.
  if (code === CORRUPT || code === ERROR) return { kind: "damaged", finding };
  throw error;
}

function toLastLine(text: string): string {
  return text.split("\n").at(-1) ?? text;
}
