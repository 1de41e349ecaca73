import { type Kysely, sql } from "kysely";

/**
 * Counts that were written and are not yet added to the tables of usage. An entry holds many counts as JSON. Entries are
 * first merged into others, which are marked, and these are then added one by one. Ids are never used again: a process
 * that has read an entry removes it by its id later.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table usage_journal (
      id integer primary key autoincrement, is_merged integer not null, counts text not null) strict`.execute(db);
}
