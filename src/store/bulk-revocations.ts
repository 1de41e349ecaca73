import { type RawBuilder, sql } from "kysely";
import type { Instant } from "../lib/time/clock.ts";
import type { Database } from "./database/schema.ts";

/** The keys of a client that were issued one after the other, all of them or those of one lineage. */
export type KeyRange = {
  readonly clientId: string;
  /** Null: whatever their lineage. */
  readonly lineageId: string | null;
  readonly firstSeq: number;
  readonly lastSeq: number;
};

/** A revocation that holds already, and is not yet carried out for every key that it is about. */
export type Revocation = KeyRange & {
  readonly id: number;
  readonly at: Instant;
  readonly reason: string | null;
  /** Who revoked them, as JSON. */
  readonly author: string;
};

const HOLDS = `from revocations where revocations.client_id = keys.client_id
  and keys.seq between revocations.first_seq and revocations.last_seq
  and (revocations.lineage_id is null or revocations.lineage_id = keys.lineage_id)`;

/** To be selected with the columns of `keys`: since when, and why, a key is revoked by one of these revocations. */
export const BULK_REVOCATION_COLUMNS = {
  at: `(select revocations.at ${HOLDS} order by revocations.id limit 1)`,
  reason: `(select revocations.reason ${HOLDS} order by revocations.id limit 1)`,
} as const;

/** Holds for the keys that are revoked by one of these revocations. */
export const isBeingRevoked: RawBuilder<boolean> = sql<boolean>`exists (select 1 ${sql.raw(HOLDS)})`;

/** From now on every key of the span is revoked, unless it was before. */
export async function insertBulkRevocation(db: Database, revocation: Omit<Revocation, "id">): Promise<void> {
  const { clientId, lineageId, firstSeq, lastSeq, at, reason, author } = revocation;
  await db
    .insertInto("revocations")
    .values({ client_id: clientId, lineage_id: lineageId, first_seq: firstSeq, last_seq: lastSeq, at, reason, author })
    .execute();
}

/** The revocation that is to be carried out next, if any. */
export async function nextBulkRevocation(db: Database): Promise<Revocation | undefined> {
  const row = await db.selectFrom("revocations").selectAll().orderBy("id").limit(1).executeTakeFirst();
  if (row === undefined) return undefined;
  const { id, client_id, lineage_id, first_seq, last_seq, at, reason, author } = row;
  return { id, clientId: client_id, lineageId: lineage_id, firstSeq: first_seq, lastSeq: last_seq, at, reason, author };
}

/** So many keys are looked at for a part of a span. */
const LOOKED_AT = 500;

/**
 * The first keys of a span that are not marked as revoked, and from where on there may be more; undefined: there are none.
 * @param isPendingLeftOut those that a revocation is about already keep its time and reason.
 */
export async function firstUnmarked(
  db: Database,
  { clientId, lineageId, firstSeq, lastSeq }: KeyRange,
  { most, isPendingLeftOut = false }: { readonly most: number; readonly isPendingLeftOut?: boolean },
): Promise<{ readonly keyIds: readonly string[]; readonly nextSeq: number | undefined }> {
  const rows = await db
    .selectFrom("keys")
    .select(["seq", "id", "lineage_id", "revoked_at"])
    .select(isBeingRevoked.as("isPending"))
    .where("client_id", "=", clientId)
    .where("seq", ">=", firstSeq)
    .where("seq", "<=", lastSeq)
    .orderBy("seq")
    .limit(LOOKED_AT)
    .execute();
  const unmarked = rows
    .filter(({ revoked_at, isPending }) => revoked_at === null && !(isPendingLeftOut && isPending))
    .filter(({ lineage_id }) => lineageId === null || lineage_id === lineageId);
  const keyIds = unmarked.slice(0, most).map(({ id }) => id);
  const [isCut, isLast] = [unmarked.length > most, rows.length < LOOKED_AT];
  const lookedAt = isCut ? unmarked[most - 1] : rows.at(-1);
  return { keyIds, nextSeq: (isLast && !isCut) || lookedAt === undefined ? undefined : lookedAt.seq + 1 };
}

/** Notes how far a revocation was carried out; `nextSeq` undefined: to its end. */
export async function advanceBulkRevocation(db: Database, id: number, nextSeq: number | undefined): Promise<void> {
  if (nextSeq === undefined) await db.deleteFrom("revocations").where("id", "=", id).execute();
  else await db.updateTable("revocations").set({ first_seq: nextSeq }).where("id", "=", id).execute();
}

export async function hasBulkRevocations(db: Database, clientId: string): Promise<boolean> {
  const row = await db.selectFrom("revocations").select("id").where("client_id", "=", clientId).executeTakeFirst();
  return row !== undefined;
}
