import { newId, newSecret } from "../../keys/generate.ts";
import { digestOf } from "../../keys/hash.ts";
import type { ApiKey } from "../../keys/key.ts";
import { stateOf } from "../../keys/lifecycle.ts";
import { type Instant, toTimestamp } from "../../lib/time/clock.ts";
import { transact } from "../../store/database/transact.ts";
import { endOverlap, watchOverlap } from "../../store/idle-overlaps.ts";
import { findKey, insertKey, markSuperseded, overlappingKeys } from "../../store/keys.ts";
import { type ActionDeps, type Authority, refusedRights, within } from "../actions.ts";
import { record } from "../record.ts";

/** A day, as the contract declares it for `overlapSeconds`. */
export const DEFAULT_OVERLAP_SECONDS = 86_400;

/** So many keys of a lineage work at a time, the newest among them: room for a rotation a day and an overlap of a week. */
export const MOST_LIVE_KEYS = 10;

/** One rotation ends no more than so many; with every one there are fewer. */
const MOST_ENDED = 50;

export type Overlap = {
  /** How long the old key goes on working; 0 ends it at once. */
  readonly seconds: number;
  /** It ends before that when nobody has used the old key for so long; null: it does not. */
  readonly endWhenSilentSeconds: number | null;
};

export type RotateOutcome =
  /** `secret` belongs to `key`, the new one, and is nowhere else: who receives it must keep it. */
  | { readonly kind: "rotated"; readonly key: ApiKey; readonly secret: string; readonly old: ApiKey }
  | { readonly kind: "key-unknown" }
  /** Only an active key can be rotated; one that has a successor already names it. */
  | { readonly kind: "not-rotatable"; readonly key: ApiKey }
  | { readonly kind: "scope-not-grantable"; readonly scopes: readonly string[] };

/**
 * Issues a key in the place of another one, with the same rights, in one transaction: whatever happens, afterwards
 * either the old one works or both do. It is always possible; where more than `MOST_LIVE_KEYS` would work afterwards, it
 * ends the overlap of the oldest.
 */
export async function rotateKey(
  id: string,
  overlap: Overlap,
  authority: Authority,
  deps: ActionDeps,
): Promise<RotateOutcome> {
  return transact(deps.db, async (tx) => {
    const old = await findKey(tx, id);
    if (old === undefined) return { kind: "key-unknown" };
    const now = deps.clock.now();
    if (stateOf(old, now) !== "active") return { kind: "not-rotatable", key: old };
    const refused = refusedRights(authority, old);
    if (refused.length > 0) return { kind: "scope-not-grantable", scopes: refused };

    const secret = newSecret(deps.brand, old.environment, deps.random);
    const key: ApiKey = {
      ...old,
      id: newId("key", deps.random),
      digest: digestOf(secret),
      lastFour: secret.slice(-4),
      createdAt: now,
    };
    const overlapEndsAt = now + overlap.seconds * 1000;
    await insertKey(tx, key);
    await markSuperseded(tx, old.id, key.id, overlapEndsAt);
    const { endWhenSilentSeconds } = overlap;
    if (endWhenSilentSeconds !== null) await watchOverlap(tx, old.id, endWhenSilentSeconds, now);
    await record(within(deps, tx), {
      action: "key.rotated",
      target: { kind: "key", id },
      at: now,
      details: {
        successor: key.id,
        overlapEndsAt: toTimestamp(overlapEndsAt),
        ...(endWhenSilentSeconds !== null && { endWhenSilentSeconds: String(endWhenSilentSeconds) }),
      },
    });
    await endOldestOverlaps(key, now, within(deps, tx));
    return { kind: "rotated", key, secret, old: { ...old, successorId: key.id, overlapEndsAt } };
  });
}

/** A key that may rotate itself would otherwise leave any number of secrets that work. */
async function endOldestOverlaps({ lineageId }: ApiKey, now: Instant, inside: ActionDeps): Promise<void> {
  const overlapping = await overlappingKeys(inside.db, lineageId, now);
  const surplus = Math.min(MOST_ENDED, overlapping.length + 1 - MOST_LIVE_KEYS);
  for (const { id } of overlapping.slice(0, Math.max(0, surplus))) {
    await endOverlap(inside.db, id, now);
    await record(inside, {
      action: "key.overlap-ended",
      target: { kind: "key", id },
      at: now,
      details: { mostLiveKeys: String(MOST_LIVE_KEYS) },
    });
  }
}
