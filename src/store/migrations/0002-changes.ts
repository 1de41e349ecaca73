import { type Kysely, sql } from "kysely";

/**
 * A counter that every change to keys and clients raises, in the change's own transaction: who keeps keys in memory
 * compares it. Updates of every column count, those of later migrations included. A fact that is written again and
 * again without changing what a key may do belongs in a table of its own.
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
    for (const deed of ["insert", "update", "delete"]) {
      await sql`
        create trigger ${sql.id(`${table}_${deed}_counts`)} after ${sql.raw(deed)} on ${sql.id(table)}
        begin update changes set counter = counter + 1; end
      `.execute(db);
    }
  }
}
