import { type Kysely, sql } from "kysely";

/**
 * Plans and overrides; the lineage of a key, so that rotation does not reset its limits; and the counts of quotas, in a
 * separate table because each flush would empty every keyring otherwise.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("clients").addColumn("plan", "text").execute();
  await db.schema.alterTable("clients").addColumn("limits", "text").execute();
  await db.schema.alterTable("keys").addColumn("limits", "text").execute();
  await db.schema.alterTable("keys").addColumn("lineage_id", "text").execute();
  await sql`
    with recursive lineage (id, root) as (
      select id, id from keys where id not in (select successor_id from keys where successor_id is not null)
      union
      select keys.successor_id, lineage.root from keys join lineage on lineage.id = keys.id
      where keys.successor_id is not null
    )
    update keys set lineage_id = (select root from lineage where lineage.id = keys.id)
  `.execute(db);
  await sql`create index clients_by_plan on clients (plan) where plan is not null`.execute(db);

  await db.schema
    .createTable("quota_usage")
    .addColumn("client_id", "text", (column) => column.notNull().references("clients.id"))
    .addColumn("quota", "text", (column) => column.notNull())
    .addColumn("span", "text", (column) => column.notNull())
    .addColumn("used", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("quota_usage_pk", ["client_id", "quota", "span"])
    .modifyEnd(sql`strict, without rowid`)
    .execute();
}
