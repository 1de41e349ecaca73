import { type RawBuilder, sql } from "kysely";
import type { Database } from "./database/schema.ts";
import { type List, type Page, type PageRequest, toCursor } from "./page.ts";

/**
 * Of so many rows at most one page is made, so that no search holds up the service, whatever is stored: some milliseconds.
 * A page that has them behind it ends there, full or not.
 */
export const WINDOW_ROWS = 3_000;

/** One thing that a list is filtered by. */
export type Criterion = {
  /** The candidates are exactly those that match. */
  readonly isExact: boolean;
  /** Selects `seq` of every row that may match, by an index that holds them in that order; `range` bounds and ends it. */
  readonly candidates: (range: Range) => RawBuilder<unknown>;
  /** Holds exactly for the rows of the list that match. */
  readonly condition: RawBuilder<boolean>;
};

/** Bounds the candidates to one page's window: `seq` is how their table calls it. */
export type Range = (seq: "seq" | "rowid") => RawBuilder<unknown>;

/** The lists that are searched. */
type Searched = List;

export type Listing<Row, Item> = {
  readonly list: Searched;
  /** Selects whole rows, from a table `found` with their `seq`, without conditions. */
  readonly rows: (found: RawBuilder<unknown>) => RawBuilder<Row>;
  readonly toItem: (row: Row) => Item;
};

const TABLES = { keys: "keys", clients: "clients", events: "audit_events" } as const satisfies Record<Searched, string>;

/** The criterion that every row of the list meets. */
export function everyRow(list: Searched): Criterion {
  return {
    isExact: true,
    candidates: (range) => sql`select seq from ${sql.ref(TABLES[list])} where ${range("seq")}`,
    condition: sql`true`,
  };
}

/**
 * A page of the rows that meet all criteria, newest first. The first criterion finds the candidates, so it should be the
 * one that fewest rows meet; without any, all rows are listed.
 */
export async function readPage<Row extends { readonly seq: number }, Item>(
  db: Database,
  { limit, before }: PageRequest,
  criteria: readonly Criterion[],
  { list, rows, toItem }: Listing<Row, Item>,
): Promise<Page<Item>> {
  const [first = everyRow(list), ...others] = criteria;
  const conditions = (first.isExact ? others : [first, ...others]).map(({ condition }) => condition);
  // Where every candidate matches, none but those of the page need be read.
  const size = conditions.length === 0 ? limit + 1 : WINDOW_ROWS;
  const above = sql`${before ?? Number.MAX_SAFE_INTEGER}`;
  const range: Range = (seq) => sql`${sql.ref(seq)} < ${above} order by ${sql.ref(seq)} desc limit ${size}`;
  const candidates = first.candidates(range);
  const where = sql.join([sql`true`, ...conditions], sql` and `);
  const matches = sql<Row>`${rows(candidates)} where ${where} order by found.seq desc limit ${limit + 1}`;
  const found = (await matches.execute(db)).rows;

  const shown = found.slice(0, limit);
  const items = shown.map(toItem);
  if (found.length > limit) return { items, nextCursor: toCursor(list, shown.at(-1)?.seq ?? 0) };
  if (conditions.length === 0) return { items, nextCursor: null };
  const end = await sql<Window>`select count(*) as count, min(seq) as last from (${candidates})`.execute(db);
  const { count = 0, last = null } = end.rows[0] ?? {};
  return { items, nextCursor: count < size || last === null ? null : toCursor(list, last) };
}

type Window = { readonly count: number; readonly last: number | null };
