import type { DatabaseSync } from "node:sqlite";
import { findUnknownMigration, StoreUnusable } from "./database.ts";
import { primaryCodeOf } from "./failure.ts";
import { APPLICATION_ID } from "./sqlite.ts";

export type Counts = { readonly clients: number; readonly keys: number };

/** What a file is to us, as far as that can be told without reading all of it. */
export type DatabaseInspection =
  | { readonly kind: "ours"; readonly counts: Counts }
  | { readonly kind: "empty" }
  | { readonly kind: "foreign" }
  | { readonly kind: "no-database" }
  | { readonly kind: "newer"; readonly migration: string }
  | { readonly kind: "damaged"; readonly finding: string };

/** Looks whose file it is, and how much is in it; changes nothing. */
export function inspectDatabase(file: DatabaseSync): DatabaseInspection {
  try {
    const tables = new Set(textsIn(file, "SELECT name FROM sqlite_master WHERE type = 'table'"));
    const signature = numberIn(file, "PRAGMA application_id");
    if (signature !== APPLICATION_ID) {
      return signature === 0 && tables.size === 0 ? { kind: "empty" } : { kind: "foreign" };
    }
    if (!tables.has("kysely_migration")) return { kind: "empty" };

    const migration = findUnknownMigration(textsIn(file, "SELECT name FROM kysely_migration"));
    return migration === undefined ? { kind: "ours", counts: countsIn(file) } : { kind: "newer", migration };
  } catch (error) {
    return toDamage(error);
  }
}

export function countsIn(file: DatabaseSync): Counts {
  return {
    clients: numberIn(file, "SELECT count(*) FROM clients"),
    keys: numberIn(file, "SELECT count(*) FROM keys"),
  };
}

/** Reads all of it. @returns SQLite's words for the first thing that is not as it should be. */
export function findDamage(file: DatabaseSync): string | undefined {
  try {
    const [finding = "nothing was found"] = textsIn(file, "PRAGMA integrity_check(1)");
    return finding === "ok" ? undefined : toLine(finding);
  } catch (error) {
    return toLine(toDamage(error).finding);
  }
}

/**
 * What is in a database that has to be ours.
 * @param name how it is called towards the operator
 * @param hint what to do about one that is not ours, or damaged
 * @throws StoreUnusable
 */
export function requireLatchkeyDatabase(inspection: DatabaseInspection, name: string, hint: string): Counts {
  switch (inspection.kind) {
    case "ours":
      return inspection.counts;
    case "empty":
      throw new StoreUnusable(`${name} is empty: ${hint}.`);
    case "foreign":
      throw new StoreUnusable(`${name} is the database of another application: ${hint}.`);
    case "no-database":
      throw new StoreUnusable(`${name} is no SQLite database: ${hint}.`);
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

function toDamage(error: unknown): { readonly kind: "damaged" | "no-database"; readonly finding: string } {
  const code = primaryCodeOf(error);
  const finding = toLine((error as Error).message);
  if (code === NOT_A_DATABASE) return { kind: "no-database", finding };
  // A table that should be there is not.
  if (code === CORRUPT || code === ERROR) return { kind: "damaged", finding };
  throw error;
}

function toLine(text: string): string {
  return text.split("\n").at(-1) ?? text;
}

function numberIn(file: DatabaseSync, sql: string): number {
  return Number(Object.values(file.prepare(sql).get() ?? {})[0]);
}

function textsIn(file: DatabaseSync, sql: string): readonly string[] {
  return file
    .prepare(sql)
    .all()
    .map((row) => String(Object.values(row)[0]));
}
