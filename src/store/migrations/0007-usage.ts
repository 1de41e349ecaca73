import { type Kysely, sql } from "kysely";

/**
 * Usage counts by minute, hour and day. The dimensions of a count are stored once, in `usage_series`, so that a count
 * takes thirty bytes. Keyrings do not watch these tables.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [
    `create table usage_series (
       id integer primary key,
       client_id text not null, key_id text not null, environment text not null, operation text not null,
       status_class integer not null, code text not null,
       unique (client_id, key_id, operation, status_class, code, environment)) strict`,
    "create index usage_series_by_key on usage_series (key_id)",
    ...["minutes", "hours", "days"].map(
      (span) => `create table usage_${span} (
        series_id integer not null, at integer not null, requests integer not null, cost integer not null,
        bytes_in integer not null, bytes_out integer not null, primary key (series_id, at)) strict, without rowid`,
    ),
    `create table usage_latency (
       operation text not null, at integer not null, bucket integer not null, count integer not null,
       primary key (operation, at, bucket)) strict, without rowid`,
    `create table key_use (
       key_id text not null, operation text not null, network text not null, at integer not null,
       requests integer not null, primary key (key_id, operation, network)) strict, without rowid`,
    `create table watched_rotations (
       key_id text primary key, silent_seconds integer not null, since integer not null) strict, without rowid`,
    "create table decisions (seq integer primary key, request_id text not null unique, decision text not null) strict",
  ])
    await sql.raw(statement).execute(db);
}
