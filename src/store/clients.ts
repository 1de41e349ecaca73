import type { Selectable } from "kysely";
import type { Client } from "../keys/client.ts";
import type { Instant } from "../lib/time/clock.ts";
import type { ClientTable, Database } from "./database/schema.ts";
import { fromOverride, toOverride } from "./override.ts";

export async function insertClient(db: Database, client: Client): Promise<void> {
  const { id, createdAt, disabledAt } = client;
  await db
    .insertInto("clients")
    .values({ id, created_at: createdAt, disabled_at: disabledAt, ...toTerms(client) })
    .execute();
}

/** The columns that can be changed. */
function toTerms({ name, metadata, plan, limits }: Client) {
  return { name, metadata: JSON.stringify(metadata), plan, limits: fromOverride(limits) };
}

/** Finds a client by its id or by its name. No name looks like an id. */
export async function findClient(db: Database, idOrName: string): Promise<Client | undefined> {
  const row = await db
    .selectFrom("clients")
    .selectAll()
    .where((where) => where.or([where("id", "=", idOrName), where("name", "=", idOrName)]))
    .executeTakeFirst();
  return row && toClient(row);
}

/** Writes what can be changed about a client. */
export async function replaceClient(db: Database, client: Client): Promise<void> {
  await db.updateTable("clients").set(toTerms(client)).where("id", "=", client.id).execute();
}

/** The names of all plans that clients hold. */
export async function heldPlans(db: Database): Promise<readonly string[]> {
  const rows = await db.selectFrom("clients").select("plan").distinct().where("plan", "is not", null).execute();
  return rows.flatMap(({ plan }) => plan ?? []);
}

/** Disables all keys of a client from `disabledAt` on; null enables them. */
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
    plan: row.plan,
    limits: toOverride(row.limits),
  };
}
