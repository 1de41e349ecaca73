import { yieldToEventLoop } from "../../lib/async/yield-to-event-loop.ts";
import type { Instant } from "../../lib/time/clock.ts";
import type { Database } from "../../store/database/schema.ts";
import { transact } from "../../store/database/transact.ts";
import { endOverlap, findWatchedOverlap, listWatchedKeys, unwatchOverlap } from "../../store/idle-overlaps.ts";
import { listKeyUses } from "../../store/usage/key-uses.ts";
import { type ActionDeps, within } from "../actions.ts";
import { record } from "../record.ts";

/**
 * Ends the overlap of rotated keys whose old secret has not been used for the requested time, so that a leaked old
 * secret stops working early.
 * @param startedAt the start of the service: time before it does not count as idle, because no key could be used.
 */
export async function endIdleOverlaps(deps: ActionDeps, startedAt: Instant): Promise<void> {
  for await (const keyId of watchedKeys(deps.db)) {
    if ((await findDue(deps, keyId, startedAt)) === undefined) continue;
    await transact(deps.db, async (tx) => {
      // Checked again: the old secret may have been used while this transaction waited for the lock.
      const due = await findDue(within(deps, tx), keyId, startedAt);
      if (due === undefined) return;
      await unwatchOverlap(tx, keyId);
      if (due.isOver) return;
      const now = deps.clock.now();
      await endOverlap(tx, keyId, now);
      await record(within(deps, tx), {
        action: "key.overlap-ended",
        target: { kind: "key", id: keyId },
        at: now,
        details: { silentSeconds: String(due.silentSeconds) },
      });
    });
  }
}

async function* watchedKeys(db: Database): AsyncGenerator<string> {
  for (let after = ""; ; ) {
    const keyIds = await listWatchedKeys(db, after, KEYS_IN_A_SLICE);
    yield* keyIds;
    if (keyIds.length < KEYS_IN_A_SLICE) return;
    after = keyIds.at(-1) ?? "";
    await yieldToEventLoop();
  }
}

/** Keys that are checked before other requests are served: some milliseconds. */
const KEYS_IN_A_SLICE = 50;

/** The watched overlap of a key, if it is over or the old secret was idle for long enough. */
async function findDue({ db, clock }: ActionDeps, keyId: string, startedAt: Instant) {
  const now = clock.now();
  const watched = await findWatchedOverlap(db, now, keyId);
  if (watched === undefined || watched.isOver) return watched;
  const [last] = await listKeyUses(db, keyId, 1);
  const idleMs = now - Math.max(watched.since, startedAt, last?.at ?? 0);
  return idleMs >= watched.silentSeconds * 1000 ? watched : undefined;
}
