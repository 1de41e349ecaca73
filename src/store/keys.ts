import type { ApiKey, Environment } from "../keys/key.ts";
import type { Instant } from "../lib/clock.ts";
import { fromOverride, toOverride } from "./override.ts";
import type { Database } from "./schema.ts";

export async function insertKey(db: Database, key: ApiKey): Promise<void> {
  await db
    .insertInto("keys")
    .values({
      id: key.id,
      client_id: key.client.id,
      environment: key.environment,
      digest: key.digest,
      last_four: key.lastFour,
      created_at: key.createdAt,
      disabled_at: key.disabledAt,
      revoked_at: key.revokedAt,
      revocation_reason: key.revocationReason,
      successor_id: key.successorId,
      overlap_ends_at: key.overlapEndsAt,
      lineage_id: key.lineageId,
      ...toTerms(key),
    })
    .execute();
}

/** The columns that can be changed at will. */
function toTerms(key: ApiKey) {
  return {
    name: key.name,
    scopes: JSON.stringify(key.scopes),
    expires_at: key.expiresAt,
    self_rotation: key.selfRotation ? 1 : 0,
    allowed_ips: JSON.stringify(key.allowedIps),
    metadata: JSON.stringify(key.metadata),
    limits: fromOverride(key.limits),
  };
}

export async function findKey(db: Database, id: string): Promise<ApiKey | undefined> {
  const row = await selectKeys(db).where("keys.id", "=", id).executeTakeFirst();
  return row && toKey(row);
}

export async function findKeyByDigest(db: Database, digest: string): Promise<ApiKey | undefined> {
  const row = await selectKeys(db).where("keys.digest", "=", digest).executeTakeFirst();
  return row && toKey(row);
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

/** Puts `successorId` in the place of a key, which goes on working until `overlapEndsAt`. */
export async function markSuperseded(db: Database, id: string, successorId: string, overlapEndsAt: Instant) {
  await db
    .updateTable("keys")
    .set({ successor_id: successorId, overlap_ends_at: overlapEndsAt })
    .where("id", "=", id)
    .execute();
}

/** Pauses a key from `disabledAt` on, or lifts that with null. */
export async function markKeyDisabled(db: Database, id: string, disabledAt: Instant | null): Promise<void> {
  await db.updateTable("keys").set({ disabled_at: disabledAt }).where("id", "=", id).execute();
}

/** Writes what can be changed about a key: what it may do, and its notes. */
export async function replaceTerms(db: Database, key: ApiKey): Promise<void> {
  await db.updateTable("keys").set(toTerms(key)).where("id", "=", key.id).execute();
}

/** How many keys a client holds: see `countsAsHeld`. */
export async function countHeldKeys(db: Database, clientId: string, now: Instant): Promise<number> {
  const { held } = await db
    .selectFrom("keys")
    .select((select) => select.fn.countAll<number>().as("held"))
    .where("client_id", "=", clientId)
    .where("revoked_at", "is", null)
    .where("successor_id", "is", null)
    .where((where) => where.or([where("expires_at", "is", null), where("expires_at", ">", now)]))
    .executeTakeFirstOrThrow();
  return held;
}

/** The client's keys that are not revoked, whatever else they are. */
export async function unrevokedKeysOf(db: Database, clientId: string): Promise<readonly ApiKey[]> {
  const rows = await selectKeys(db)
    .where("keys.client_id", "=", clientId)
    .where("keys.revoked_at", "is", null)
    .orderBy("keys.seq")
    .execute();
  return rows.map(toKey);
}

/** Every scope that some key of the client has which is not revoked. */
export async function scopesOfClient(db: Database, clientId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("keys")
    .select("scopes")
    .distinct()
    .where("client_id", "=", clientId)
    .where("revoked_at", "is", null)
    .execute();
  return [...new Set(rows.flatMap(({ scopes }) => JSON.parse(scopes) as string[]))];
}

function selectKeys(db: Database) {
  return db
    .selectFrom("keys")
    .innerJoin("clients", "clients.id", "keys.client_id")
    .selectAll("keys")
    .select(HOLDER_COLUMNS);
}

/** What is read of its client with each key. */
export const HOLDER_COLUMNS = [
  "clients.name as client_name",
  "clients.disabled_at as client_disabled_at",
  "clients.plan as client_plan",
  "clients.limits as client_limits",
] as const;

export type KeyRow = Awaited<ReturnType<ReturnType<typeof selectKeys>["execute"]>>[number];

export function toKey(row: KeyRow): ApiKey {
  return {
    id: row.id,
    client: {
      id: row.client_id,
      name: row.client_name,
      disabledAt: row.client_disabled_at,
      plan: row.client_plan,
      limits: toOverride(row.client_limits),
    },
    name: row.name,
    environment: row.environment as Environment,
    scopes: JSON.parse(row.scopes),
    digest: row.digest,
    lastFour: row.last_four,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    disabledAt: row.disabled_at,
    revokedAt: row.revoked_at,
    revocationReason: row.revocation_reason,
    successorId: row.successor_id,
    overlapEndsAt: row.overlap_ends_at,
    selfRotation: row.self_rotation === 1,
    allowedIps: JSON.parse(row.allowed_ips),
    metadata: JSON.parse(row.metadata),
    lineageId: row.lineage_id,
    limits: toOverride(row.limits),
  };
}
