import { type Kysely, sql } from "kysely";

/**
 * The identity of this database, and the heartbeat of its service. `beats` increases while a service runs, so that an
 * older copy of the same database can be recognized; `seen_at` is the time of the last heartbeat.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table store_state (
      id integer primary key check (id = 1), database_id text not null, beats integer not null, seen_at integer not null
    ) strict`.execute(db);
  await sql`
    insert into store_state (id, database_id, beats, seen_at) values (1, lower(hex(randomblob(16))), 0, 0)`.execute(db);
}
