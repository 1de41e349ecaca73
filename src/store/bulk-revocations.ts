import { type RawBuilder, sql } from "kysely";
import type { Instant } from "../lib/time/clock.ts";
import type { Database } from "./database/schema.ts";

/** A client's keys between two numbers, all of them or those of one lineage. */
export type KeyRange = {
  readonly clientId: string;
  /** Null: of every lineage. */
  readonly lineageId: string | null;
  readonly firstSeq: number;
  readonly lastSeq: number;
};

/** A revocation of many keys: it is in force at once, and the keys are marked one part after the other. */
export type BulkRevocation = KeyRange & {
  readonly id: number;
  readonly at: Instant;
  readonly reason: string | null;
  /** The principal who revoked them, as JSON. */
  readonly author: string;
};

const IN_FORCE = `from revocations where revocations.client_id = keys.client_id
  and keys.seq between revocations.first_seq and revocations.last_seq
  and (revocations.lineage_id is null or revocations.lineage_id = keys.lineage_id)`;

/** To select with the columns of `keys`: since when, and why, a bulk revocation revokes the key. */
export const BULK_REVOCATION_COLUMNS = {
  at: `(select revocations.at ${IN_FORCE} order by revocations.id limit 1)`,
  reason: `(select revocations.reason ${IN_FORCE} order by revocations.id limit 1)`,
} as const;

/** True for the keys that a bulk revocation revokes. */
export const isBeingRevoked: RawBuilder<boolean> = sql<boolean>`exists (select 1 ${sql.raw(IN_FORCE)})`;

/** Revokes every key of the range that is not revoked yet. */
export async function insertBulkRevocation(db: Database, revocation: Omit<BulkRevocation, "id">): Promise<void> {
  const { clientId, lineageId, firstSeq, lastSeq, at, reason, author } = revocation;
  await db
    .insertInto("revocations")
    .values({ client_id: clientId, lineage_id: lineageId, first_seq: firstSeq, last_seq: lastSeq, at, reason, author })
    .execute();
}

/** The next revocation with unmarked keys, if any. */
export async function nextBulkRevocation(db: Database): Promise<BulkRevocation | undefined> {
  const row = await db.selectFrom("revocations").selectAll().orderBy("id").limit(1).executeTakeFirst();
  if (row === undefined) return undefined;
  const { id, client_id, lineage_id, first_seq, last_seq, at, reason, author } = row;
  return { id, clientId: client_id, lineageId: lineage_id, firstSeq: first_seq, lastSeq: last_seq, at, reason, author };
}

/** Keys that are read for one part of a range. */
const KEYS_IN_A_PART = 500;

/**
 * The first keys of a range that are not marked as revoked.
 * @param isPendingLeftOut leaves out keys of an earlier bulk revocation, which keep its time and reason.
 * @returns with `nextSeq`, from where on there may be more; undefined: there are none.
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
    .limit(KEYS_IN_A_PART)
    .execute();
  const unmarked = rows
    .filter(({ revoked_at, isPending }) => revoked_at === null && !(isPendingLeftOut && isPending))
    .filter(({ lineage_id }) => lineageId === null || lineage_id === lineageId);
  const keyIds = unmarked.slice(0, most).map(({ id }) => id);
  const [isCut, isLast] = [unmarked.length > most, rows.length < KEYS_IN_A_PART];
  const lookedAt = isCut ? unmarked[most - 1] : rows.at(-1);
  return { keyIds, nextSeq: (isLast && !isCut) || lookedAt === undefined ? undefined : lookedAt.seq + 1 };
}

/** Notes how far the keys of a revocation are marked; `nextSeq` undefined: all of them. */
export async function advanceBulkRevocation(db: Database, id: number, nextSeq: number | undefined): Promise<void> {
  if (nextSeq === undefined) await db.deleteFrom("revocations").where("id", "=", id).execute();
  else await db.updateTable("revocations").set({ first_seq: nextSeq }).where("id", "=", id).execute();
}

export async function hasBulkRevocations(db: Database, clientId: string): Promise<boolean> {
  const row = await db.selectFrom("revocations").select("id").where("client_id", "=", clientId).executeTakeFirst();
  return row !== undefined;
}
