import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("clients").addColumn("disabled_at", "integer").execute();

  await db.schema.alterTable("keys").addColumn("disabled_at", "integer").execute();
  await db.schema.alterTable("keys").addColumn("successor_id", "text").execute();
  await db.schema.alterTable("keys").addColumn("overlap_ends_at", "integer").execute();
  await db.schema
    .alterTable("keys")
    .addColumn("self_rotation", "integer", (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema
    .alterTable("keys")
    .addColumn("allowed_ips", "text", (column) => column.notNull().defaultTo("[]"))
    .execute();
  // One successor per key, even if it is rotated twice at the same time.
  await sql`create unique index keys_by_successor on keys (successor_id) where successor_id is not null`.execute(db);
}
