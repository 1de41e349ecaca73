import type { ApiKey, Environment } from "../keys/key.ts";
import type { Instant } from "../lib/clock.ts";
import { type Page, type PageRequest, toPage } from "./page.ts";
import type { Database } from "./schema.ts";

export async function insertKey(db: Database, key: ApiKey): Promise<void> {
  await db
    .insertInto("keys")
    .values({
      id: key.id,
      client_id: key.client.id,
      name: key.name,
      environment: key.environment,
      scopes: JSON.stringify(key.scopes),
      digest: key.digest,
      last_four: key.lastFour,
      created_at: key.createdAt,
      expires_at: key.expiresAt,
      revoked_at: key.revokedAt,
      revocation_reason: key.revocationReason,
      metadata: JSON.stringify(key.metadata),
    })
    .execute();
}

export async function findKey(db: Database, id: string): Promise<ApiKey | undefined> {
  const row = await selectKeys(db).where("keys.id", "=", id).executeTakeFirst();
  return row && toKey(row);
}

export async function findKeyByDigest(db: Database, digest: string): Promise<ApiKey | undefined> {
  const row = await selectKeys(db).where("keys.digest", "=", digest).executeTakeFirst();
  return row && toKey(row);
}

export async function listKeys(db: Database, { limit, before }: PageRequest): Promise<Page<ApiKey>> {
  const rows = await selectKeys(db)
    .$if(before !== undefined, (query) => query.where("keys.seq", "<", before ?? 0))
    .orderBy("keys.seq", "desc")
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit, toKey);
}

/** Marks a key as revoked; one that is revoked already keeps its time and reason. */
export async function markRevoked(db: Database, id: string, at: Instant, reason: string | null): Promise<void> {
  await db
    .updateTable("keys")
    .set({ revoked_at: at, revocation_reason: reason })
    .where("id", "=", id)
    .where("revoked_at", "is", null)
    .execute();
}

function selectKeys(db: Database) {
  return db
    .selectFrom("keys")
    .innerJoin("clients", "clients.id", "keys.client_id")
    .selectAll("keys")
    .select("clients.name as client_name");
}

type KeyRow = Awaited<ReturnType<ReturnType<typeof selectKeys>["execute"]>>[number];

function toKey(row: KeyRow): ApiKey {
  return {
    id: row.id,
    client: { id: row.client_id, name: row.client_name },
    name: row.name,
    environment: row.environment as Environment,
    scopes: JSON.parse(row.scopes),
    digest: row.digest,
    lastFour: row.last_four,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    revocationReason: row.revocation_reason,
    metadata: JSON.parse(row.metadata),
  };
}
