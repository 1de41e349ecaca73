import { sql } from "kysely";
import type { ApiKey } from "../keys/key.ts";
import type { Instant } from "../lib/time/clock.ts";
import { BULK_REVOCATION_COLUMNS, hasBulkRevocations, isBeingRevoked, type KeyRange } from "./bulk-revocations.ts";
import type { PrepareRead } from "./changes/committed-read.ts";
import type { Database } from "./database/schema.ts";
import { fromOverride, toOverride } from "./override.ts";

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

/** The columns that can be changed. */
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
  const row = await selectByDigest(db, digest).executeTakeFirst();
  return row && toKey(row);
}

/**
 * Like `findKeyByDigest`, at once: a tenth of the time, because the query is prepared and nothing is awaited.
 * @returns a function that returns null for a digest without a key, and undefined when only `findKeyByDigest` can tell.
 */
export function createKeyReader({ db, prepareRead }: { readonly db: Database; readonly prepareRead: PrepareRead }) {
  const read = prepareRead(selectByDigest(db, "").compile().sql);
  return (digest: string): ApiKey | null | undefined => {
    const row = read(digest);
    // Kysely wrote the query, and its type is that of the row.
    return row && toKey(row as KeyRow);
  };
}

function selectByDigest(db: Database, digest: string) {
  return selectKeys(db).where("keys.digest", "=", digest);
}

/** Marks a key as revoked. A revoked key keeps its time and reason. */
export async function markRevoked(db: Database, id: string, at: Instant, reason: string | null): Promise<void> {
  await db
    .updateTable("keys")
    .set({ revoked_at: at, revocation_reason: reason })
    .where("id", "=", id)
    .where("revoked_at", "is", null)
    .execute();
}

/** Names the successor of a key. The key works until `overlapEndsAt`. */
export async function markSuperseded(db: Database, id: string, successorId: string, overlapEndsAt: Instant) {
  await db
    .updateTable("keys")
    .set({ successor_id: successorId, overlap_ends_at: overlapEndsAt })
    .where("id", "=", id)
    .execute();
}

/** Disables a key from `disabledAt` on; null enables it. */
export async function markKeyDisabled(db: Database, id: string, disabledAt: Instant | null): Promise<void> {
  await db.updateTable("keys").set({ disabled_at: disabledAt }).where("id", "=", id).execute();
}

/** Writes what can be changed about a key. */
export async function replaceTerms(db: Database, key: ApiKey): Promise<void> {
  await db.updateTable("keys").set(toTerms(key)).where("id", "=", key.id).execute();
}

/** How many keys a client holds; `countsAsHeld` is the same rule in JavaScript. */
export async function countHeldKeys(db: Database, clientId: string, now: Instant): Promise<number> {
  const { held } = await db
    .selectFrom("keys")
    .select((select) => select.fn.countAll<number>().as("held"))
    .where("client_id", "=", clientId)
    .where("revoked_at", "is", null)
    .where("successor_id", "is", null)
    .where((where) => where.or([where("expires_at", "is", null), where("expires_at", ">", now)]))
    .$if(await hasBulkRevocations(db, clientId), (query) => query.where(sql<boolean>`not ${isBeingRevoked}`))
    .executeTakeFirstOrThrow();
  return held;
}

/** How many of the client's keys are not revoked, whatever their state. */
export async function countUnrevoked(db: Database, clientId: string): Promise<number> {
  const { unrevoked } = await db
    .selectFrom("keys")
    .select((select) => select.fn.countAll<number>().as("unrevoked"))
    .where("client_id", "=", clientId)
    .where("revoked_at", "is", null)
    .$if(await hasBulkRevocations(db, clientId), (query) => query.where(sql<boolean>`not ${isBeingRevoked}`))
    .executeTakeFirstOrThrow();
  return unrevoked;
}

/** All keys that the client has now. */
export async function rangeOfClient(db: Database, clientId: string): Promise<KeyRange> {
  return { clientId, lineageId: null, firstSeq: 0, lastSeq: await lastSeq(db) };
}

/** A key and all its successors until now. */
export async function rangeOfSuccessors(db: Database, key: ApiKey): Promise<KeyRange> {
  const { seq } = await db.selectFrom("keys").select("seq").where("id", "=", key.id).executeTakeFirstOrThrow();
  return { clientId: key.client.id, lineageId: key.lineageId, firstSeq: seq, lastSeq: await lastSeq(db) };
}

async function lastSeq(db: Database): Promise<number> {
  const row = await db.selectFrom("keys").select("seq").orderBy("seq", "desc").limit(1).executeTakeFirst();
  return row?.seq ?? 0;
}

/** The rotated keys of a lineage whose overlap has not ended at `now`, the oldest first. */
export async function overlappingKeys(
  db: Database,
  lineageId: string,
  now: Instant,
): Promise<readonly Pick<ApiKey, "id">[]> {
  return db
    .selectFrom("keys")
    .select("id")
    .where("lineage_id", "=", lineageId)
    .where("revoked_at", "is", null)
    .where("overlap_ends_at", ">", now)
    .orderBy("seq")
    .execute();
}

/** Every scope of the client's keys that are not revoked. */
export async function scopesOfClient(db: Database, clientId: string): Promise<readonly string[]> {
  // One index look-up per distinct list of scopes, so the number of keys with the same list does not matter.
  const next = (condition: ReturnType<typeof sql>) =>
    sql`select min(scopes) from keys where client_id = ${clientId} and revoked_at is null ${condition}`;
  const { rows } = await sql<{ readonly scopes: string }>`
    with recursive lists (scopes) as (
      ${next(sql``)} union all select (${next(sql`and keys.scopes > lists.scopes`)}) from lists where scopes is not null)
    select scopes from lists where scopes is not null`.execute(db);
  return [...new Set(rows.flatMap(({ scopes }): readonly string[] => JSON.parse(scopes)))];
}

function selectKeys(db: Database) {
  return db
    .selectFrom("keys")
    .innerJoin("clients", "clients.id", "keys.client_id")
    .selectAll("keys")
    .select(HOLDER_COLUMNS)
    .select([
      sql<number | null>`${sql.raw(BULK_REVOCATION_COLUMNS.at)}`.as("revoking_at"),
      sql<string | null>`${sql.raw(BULK_REVOCATION_COLUMNS.reason)}`.as("revoking_reason"),
    ]);
}

/** The columns of the client that are read with each key. */
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
    environment: row.environment,
    scopes: JSON.parse(row.scopes),
    digest: row.digest,
    lastFour: row.last_four,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    disabledAt: row.disabled_at,
    revokedAt: row.revoked_at ?? row.revoking_at,
    revocationReason: row.revoked_at === null ? row.revoking_reason : row.revocation_reason,
    successorId: row.successor_id,
    overlapEndsAt: row.overlap_ends_at,
    selfRotation: row.self_rotation === 1,
    allowedIps: JSON.parse(row.allowed_ips),
    metadata: JSON.parse(row.metadata),
    lineageId: row.lineage_id,
    limits: toOverride(row.limits),
  };
}
