import { type Instant, toTimestamp } from "../lib/time/clock.ts";
import type { Database } from "../store/database/schema.ts";
import { listKeyUses } from "../store/usage.ts";

/** Who has not used a key for so long will hardly miss it. */
const LIVE_MS = 3_600_000;

/** A sentence about what the key was used for within the last hour, the latest first; undefined: for nothing. */
export async function describeLiveTraffic(db: Database, keyId: string, now: Instant): Promise<string | undefined> {
  const uses = (await listKeyUses(db, keyId, MOST_USES)).filter(({ at }) => now - at < LIVE_MS);
  const words = uses.map(
    ({ operation, network, at }) => `${operation || "no operation"} from ${network} at ${toTimestamp(at)}`,
  );
  return words.length === 0 ? undefined : `It is in use: ${words.join(", ")}.`;
}

const MOST_USES = 3;
