import { type RawBuilder, sql } from "kysely";
import type { Database } from "./database/schema.ts";
import { type List, type Page, type PageRequest, toCursor } from "./page.ts";

/**
 * The rows that are searched for one page at most, which takes some milliseconds, so that no search blocks the service.
 * Then the page ends, full or not, and has a cursor for the rest.
 */
export const WINDOW_ROWS = 3_000;

/** One condition of a filter. */
export type Criterion = {
  /** Every candidate matches. */
  readonly isExact: boolean;
  /** Selects `seq` of every row that may match, from an index in that order. `range` bounds, sorts and limits it. */
  readonly candidates: (range: Range) => RawBuilder<unknown>;
  /** True for the rows that match, and for no others. */
  readonly condition: RawBuilder<boolean>;
};

/** Limits the candidates to the window of one page. `seq` is the name of the column in their table. */
export type Range = (seq: "seq" | "rowid") => RawBuilder<unknown>;

export type Listing<Row, Item> = {
  readonly list: List;
  /** Selects whole rows for the `seq` in a table `found`, without further conditions. */
  readonly rows: (found: RawBuilder<unknown>) => RawBuilder<Row>;
  readonly toItem: (row: Row) => Item;
};

const TABLES = { keys: "keys", clients: "clients", events: "audit_events" } as const satisfies Record<List, string>;

/** A criterion that every row of the list meets. */
export function everyRow(list: List): Criterion {
  return {
    isExact: true,
    candidates: (range) => sql`select seq from ${sql.ref(TABLES[list])} where ${range("seq")}`,
    condition: sql`true`,
  };
}

/**
 * A page of the rows that meet all criteria, newest first. The first criterion finds the candidates, so it should be
 * the most selective one. Without criteria, all rows are listed.
 */
export async function readPage<Row extends { readonly seq: number }, Item>(
  db: Database,
  { limit, before }: PageRequest,
  criteria: readonly Criterion[],
  { list, rows, toItem }: Listing<Row, Item>,
): Promise<Page<Item>> {
  const [first = everyRow(list), ...others] = criteria;
  const conditions = (first.isExact ? others : [first, ...others]).map(({ condition }) => condition);
  // Where every candidate matches, only those of the page have to be read.
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
