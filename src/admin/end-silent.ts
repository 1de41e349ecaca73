import type { Instant } from "../lib/clock.ts";
import { transact } from "../store/transact.ts";
import { listKeyUses } from "../store/usage.ts";
import { endOverlap, forgetWatched, listWatched } from "../store/watched-rotations.ts";
import { type DeedDeps, within } from "./deeds.ts";
import { record } from "./record.ts";

/**
 * Ends the overlap of rotated keys whose old secret nobody has used for as long as was asked, so that it need not stay
 * open for whoever finds it.
 * @param startedAt since when the service runs: before that nobody could have used a key.
 */
export async function endSilentOverlaps(deps: DeedDeps, startedAt: Instant): Promise<void> {
  const now = deps.clock.now();
  for (const { keyId, silentSeconds, since, isOver } of await listWatched(deps.db, now)) {
    const [last] = await listKeyUses(deps.db, keyId, 1);
    const isSilent = now - Math.max(since, startedAt, last?.at ?? 0) >= silentSeconds * 1000;
    if (!isOver && !isSilent) continue;
    await transact(deps.db, async (tx) => {
      await forgetWatched(tx, keyId);
      if (isOver) return;
      await endOverlap(tx, keyId, now);
      await record(within(deps, tx), {
        action: "key.overlap-ended",
        target: { kind: "key", id: keyId },
        at: now,
        details: { silentSeconds: String(silentSeconds) },
      });
    });
  }
}
