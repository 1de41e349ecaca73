import { type Kysely, sql } from "kysely";

/**
 * Revocations of many keys. They apply as soon as their row exists, and the keys are then marked one after the other.
 * Also indexes that keep queries about a client with many keys fast.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [
    `create table revocations (
       id integer primary key, client_id text not null references clients (id), lineage_id text,
       first_seq integer not null, last_seq integer not null, at integer not null, reason text, author text not null) strict`,
    "create index revocations_by_client on revocations (client_id)",
    `create trigger revocations_insert_counts after insert on revocations
     begin update changes set counter = counter + 1; end`,
    "create index keys_unrevoked on keys (client_id, scopes) where revoked_at is null",
    `create index keys_overlapping on keys (lineage_id, overlap_ends_at)
     where overlap_ends_at is not null and revoked_at is null`,
    "create index key_use_latest on key_use (key_id, at desc, operation, network)",
    "create index audit_events_by_at on audit_events (at)",
    "create index usage_series_by_client on usage_series (client_id)",
  ])
    await sql.raw(statement).execute(db);
}
