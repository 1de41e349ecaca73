import { type Kysely, sql } from "kysely";

/**
 * When the last backup was taken, and to which file; null: none is known. `beat_at` is the wall clock at the last
 * heartbeat of a service, right or wrong: it tells whether one runs now. `seen_at` is the time that is believed.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table store_state add column backed_up_at integer`.execute(db);
  await sql`alter table store_state add column backed_up_to text`.execute(db);
  await sql`alter table store_state add column beat_at integer not null default 0`.execute(db);
}
