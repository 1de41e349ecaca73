import type { Database } from "./database/schema.ts";
import { findKey } from "./keys.ts";

/** Can the store read what a request with a key needs: the newest key with its client, and the counter of changes? */
export async function isAlive(db: Database): Promise<boolean> {
  try {
    await db.selectFrom("changes").select("counter").executeTakeFirstOrThrow();
    const newest = await db.selectFrom("keys").select("id").orderBy("seq", "desc").limit(1).executeTakeFirst();
    if (newest !== undefined) await findKey(db, newest.id);
    return true;
  } catch {
    return false;
  }
}
