import { type Instant, toTimestamp } from "../lib/time/clock.ts";
import type { Database } from "../store/database/schema.ts";
import { listKeyUses } from "../store/usage/key-uses.ts";

/** A key that was not used for this long is taken as no longer in use. */
const LIVE_MS = 3_600_000;

/** A sentence about the uses of a key within the last hour, newest first; undefined if there were none. */
export async function describeLiveTraffic(db: Database, keyId: string, now: Instant): Promise<string | undefined> {
  const uses = (await listKeyUses(db, keyId, MAX_USES)).filter(({ at }) => now - at < LIVE_MS);
  const words = uses.map(
    ({ operation, network, at }) => `${operation || "no operation"} from ${network} at ${toTimestamp(at)}`,
  );
  return words.length === 0 ? undefined : `It is in use: ${words.join(", ")}.`;
}

const MAX_USES = 3;
