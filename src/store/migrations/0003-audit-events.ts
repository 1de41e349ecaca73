import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("audit_events")
    .addColumn("seq", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("id", "text", (column) => column.notNull().unique())
    .addColumn("at", "integer", (column) => column.notNull())
    .addColumn("action", "text", (column) => column.notNull())
    .addColumn("actor_kind", "text", (column) => column.notNull())
    .addColumn("actor_key_id", "text")
    .addColumn("actor_client_id", "text")
    .addColumn("target_kind", "text", (column) => column.notNull())
    .addColumn("target_id", "text", (column) => column.notNull())
    .addColumn("address", "text")
    .addColumn("request_id", "text")
    .addColumn("details", "text", (column) => column.notNull())
    // Unique: no two events can follow the same event.
    .addColumn("previous_hash", "text", (column) => column.notNull().unique())
    .addColumn("hash", "text", (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();

  await db.schema
    .createTable("audit_checkpoint")
    .addColumn("id", "integer", (column) => column.primaryKey().check(sql`id = 1`))
    .addColumn("seq", "integer", (column) => column.notNull())
    .addColumn("hash", "text", (column) => column.notNull())
    .addColumn("at", "integer", (column) => column.notNull())
    .addColumn("count", "integer", (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();

  for (const column of ["action", "actor_key_id", "actor_client_id", "target_id"]) {
    await db.schema.createIndex(`audit_events_by_${column}`).on("audit_events").column(column).execute();
  }

  // Protects against our own mistakes. Anyone who can write the file can drop the triggers; the chain reveals the rest.
  await sql`create trigger audit_events_do_not_change before update on audit_events
    begin select raise(abort, 'audit events do not change'); end`.execute(db);
  await sql`create trigger audit_events_stay before delete on audit_events
    when old.seq > coalesce((select seq from audit_checkpoint), 0)
    begin select raise(abort, 'audit events go only by pruning'); end`.execute(db);
}
