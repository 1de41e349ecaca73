import type { Instant } from "../lib/time/clock.ts";
import type { Database } from "./database/schema.ts";

/** A rotated key whose overlap ends early when the old secret is not used for some time. */
export type WatchedOverlap = {
  readonly keyId: string;
  readonly silentSeconds: number;
  /** The time of the rotation. */
  readonly since: Instant;
  /** The overlap has ended, or the key was revoked. */
  readonly isOver: boolean;
};

export async function watchOverlap(db: Database, keyId: string, silentSeconds: number, since: Instant): Promise<void> {
  await db.insertInto("watched_rotations").values({ key_id: keyId, silent_seconds: silentSeconds, since }).execute();
}

/** The keys whose overlap is watched, in the order of their ids, after the id `after`. */
export async function listWatchedKeys(db: Database, after: string, most: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("watched_rotations")
    .select("key_id")
    .where("key_id", ">", after)
    .orderBy("key_id")
    .limit(most)
    .execute();
  return rows.map(({ key_id }) => key_id);
}

export async function findWatchedOverlap(
  db: Database,
  now: Instant,
  keyId: string,
): Promise<WatchedOverlap | undefined> {
  const row = await db
    .selectFrom("watched_rotations")
    .innerJoin("keys", "keys.id", "watched_rotations.key_id")
    .select(["key_id", "silent_seconds", "since", "overlap_ends_at", "revoked_at"])
    .where("key_id", "=", keyId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { silent_seconds, since, overlap_ends_at, revoked_at } = row;
  const isOver = revoked_at !== null || overlap_ends_at === null || overlap_ends_at <= now;
  return { keyId, silentSeconds: silent_seconds, since, isOver };
}

export async function unwatchOverlap(db: Database, keyId: string): Promise<void> {
  await db.deleteFrom("watched_rotations").where("key_id", "=", keyId).execute();
}

/** The old secret is refused from `at` on. */
export async function endOverlap(db: Database, keyId: string, at: Instant): Promise<void> {
  await db.updateTable("keys").set({ overlap_ends_at: at }).where("id", "=", keyId).execute();
}
