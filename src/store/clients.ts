import type { Selectable } from "kysely";
import type { Client } from "../keys/client.ts";
import type { Instant } from "../lib/clock.ts";
import type { ClientTable, Database } from "./schema.ts";

export async function insertClient(db: Database, client: Client): Promise<void> {
  const { id, name, metadata, createdAt, disabledAt } = client;
  await db
    .insertInto("clients")
    .values({ id, name, metadata: JSON.stringify(metadata), created_at: createdAt, disabled_at: disabledAt })
    .execute();
}

/** Finds a client by its id or by its name; no name looks like an id. */
export async function findClient(db: Database, idOrName: string): Promise<Client | undefined> {
  const row = await db
    .selectFrom("clients")
    .selectAll()
    .where((where) => where.or([where("id", "=", idOrName), where("name", "=", idOrName)]))
    .executeTakeFirst();
  return row && toClient(row);
}

/** Writes what can be changed about a client. */
export async function replaceClient(db: Database, { id, name, metadata }: Client): Promise<void> {
  await db
    .updateTable("clients")
    .set({ name, metadata: JSON.stringify(metadata) })
    .where("id", "=", id)
    .execute();
}

/** Pauses all keys of a client from `disabledAt` on, or lifts that with null. */
export async function markClientDisabled(db: Database, id: string, disabledAt: Instant | null): Promise<void> {
  await db.updateTable("clients").set({ disabled_at: disabledAt }).where("id", "=", id).execute();
}

export async function hasClients(db: Database): Promise<boolean> {
  return (await db.selectFrom("clients").select("seq").limit(1).executeTakeFirst()) !== undefined;
}

export function toClient(row: Selectable<ClientTable>): Client {
  return {
    id: row.id,
    name: row.name,
    metadata: JSON.parse(row.metadata),
    createdAt: row.created_at,
    disabledAt: row.disabled_at,
  };
}
