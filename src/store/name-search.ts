import { sql } from "kysely";
import type { Database } from "./database/schema.ts";
import { fold } from "./database/sqlite.ts";
import { type Criterion, everyRow, WINDOW_ROWS } from "./read-page.ts";

/**
 * Finds rows of `table` whose name contains `text`, of three characters or more; case does not matter.
 *
 * The trigram index is used only for texts that few names contain. To reach a later page of many matches it would walk
 * through all earlier ones: a second among a million names, where reading the names themselves takes milliseconds.
 */
export async function nameCriterion(
  db: Database,
  table: "keys" | "clients",
  text: string,
): Promise<{ readonly isRare: boolean; readonly criterion: Criterion }> {
  const index = sql.ref(`${table}_names`);
  const matches = sql`${index} match ${toPhrase(text)}`;
  const some = await sql<{ count: number }>`
    select count(*) as count from (select rowid from ${index} where ${matches} limit ${WINDOW_ROWS})`.execute(db);
  const isRare = (some.rows[0]?.count ?? 0) < WINDOW_ROWS;
  return {
    isRare,
    criterion: {
      isExact: false,
      candidates: isRare
        ? (range) => sql`select rowid as seq from ${index} where ${matches} and ${range("rowid")}`
        : everyRow(table).candidates,
      condition: sql`instr(folded(${sql.ref(`${table}.name`)}), ${fold(text)}) > 0`,
    },
  };
}

/** Quotes a text as an FTS5 phrase. */
function toPhrase(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
