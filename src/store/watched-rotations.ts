import type { Instant } from "../lib/clock.ts";
import type { Database } from "./schema.ts";

/** A rotated key whose overlap is to end when its old secret has fallen silent. */
export type WatchedRotation = {
  readonly keyId: string;
  readonly silentSeconds: number;
  /** When it was rotated. */
  readonly since: Instant;
  /** Its overlap has ended already, or the key was revoked. */
  readonly isOver: boolean;
};

export async function watchRotation(db: Database, keyId: string, silentSeconds: number, since: Instant): Promise<void> {
  await db.insertInto("watched_rotations").values({ key_id: keyId, silent_seconds: silentSeconds, since }).execute();
}

/** @param keyId left out: all of them. */
export async function listWatched(db: Database, now: Instant, keyId?: string): Promise<readonly WatchedRotation[]> {
  const rows = await db
    .selectFrom("watched_rotations")
    .innerJoin("keys", "keys.id", "watched_rotations.key_id")
    .select(["key_id", "silent_seconds", "since", "overlap_ends_at", "revoked_at"])
    .$if(keyId !== undefined, (query) => query.where("key_id", "=", keyId ?? ""))
    .execute();
  return rows.map(({ key_id, silent_seconds, since, overlap_ends_at, revoked_at }) => ({
    keyId: key_id,
    silentSeconds: silent_seconds,
    since,
    isOver: revoked_at !== null || overlap_ends_at === null || overlap_ends_at <= now,
  }));
}

export async function forgetWatched(db: Database, keyId: string): Promise<void> {
  await db.deleteFrom("watched_rotations").where("key_id", "=", keyId).execute();
}

/** From `at` on the old secret is refused. */
export async function endOverlap(db: Database, keyId: string, at: Instant): Promise<void> {
  await db.updateTable("keys").set({ overlap_ends_at: at }).where("id", "=", keyId).execute();
}
