import { type Kysely, sql } from "kysely";

/**
 * What tells this database from every other one, and how far its service has come. `beats` rises now and then while a
 * service runs, so that an older copy of the same database can be told from it; `seen_at` is when that was.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table store_state (
      id integer primary key check (id = 1), database_id text not null, beats integer not null, seen_at integer not null
    ) strict`.execute(db);
  await sql`
    insert into store_state (id, database_id, beats, seen_at) values (1, lower(hex(randomblob(16))), 0, 0)`.execute(db);
}
