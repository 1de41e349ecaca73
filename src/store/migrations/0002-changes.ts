import { type Kysely, sql } from "kysely";

/**
 * A counter that every change to keys and clients increments in the same transaction, so that memory caches can compare
 * it. Updates of every column count, including columns of later migrations. Data that is written often without changing
 * what a key may do belongs in a separate table.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("changes")
    .addColumn("id", "integer", (column) => column.primaryKey().check(sql`id = 1`))
    .addColumn("counter", "integer", (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();
  await sql`insert into changes (id, counter) values (1, 0)`.execute(db);

  for (const table of ["clients", "keys"]) {
    for (const statement of ["insert", "update", "delete"]) {
      await sql`
        create trigger ${sql.id(`${table}_${statement}_counts`)} after ${sql.raw(statement)} on ${sql.id(table)}
        begin update changes set counter = counter + 1; end
      `.execute(db);
    }
  }
}
