import { type Kysely, sql } from "kysely";

/**
 * Counts that were written and are not yet added to the tables of usage. An entry holds many counts as JSON. All counts
 * of a key are in entries of one shard, so that a shard can be added up for itself.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table usage_journal (id integer primary key, shard integer not null, counts text not null) strict`.execute(
    db,
  );
  await sql`create index usage_journal_by_shard on usage_journal (shard)`.execute(db);
}
