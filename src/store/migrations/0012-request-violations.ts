import { type Kysely, sql } from "kysely";

/** How requests did not match the contract, where it says `requests: report`. A row for each kind, with a blacked-out example. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table request_violations (
      operation text not null, pointer text not null, detail text not null,
      count integer not null, first_at integer not null, last_at integer not null, example text not null,
      primary key (operation, pointer, detail)) strict, without rowid`.execute(db);
}
