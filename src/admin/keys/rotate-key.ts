import { digestOf } from "../../keys/digest.ts";
import { newId, newSecret } from "../../keys/generate.ts";
import type { ApiKey } from "../../keys/key.ts";
import { stateOf } from "../../keys/lifecycle.ts";
import { type Instant, toTimestamp } from "../../lib/time/clock.ts";
import { transact } from "../../store/database/transact.ts";
import { endOverlap, watchOverlap } from "../../store/idle-overlaps.ts";
import { findKey, insertKey, markSuperseded, overlappingKeys } from "../../store/keys.ts";
import { type ActionDeps, type Authority, refusedRights, within } from "../actions.ts";
import { record } from "../record.ts";

/** A day, the default of `overlapSeconds` in the contract. */
export const DEFAULT_OVERLAP_SECONDS = 86_400;

/** The maximum number of working keys in a lineage: enough for a rotation a day with an overlap of a week. */
export const MAX_LIVE_KEYS = 10;

/** The overlaps that one rotation ends at most; the next one ends more. */
const MAX_ENDED_OVERLAPS = 50;

export type Overlap = {
  /** How long the old key still works; 0 ends it at once. */
  readonly seconds: number;
  /** The overlap ends early when the old key has not been used for this long; null: it does not. */
  readonly endWhenSilentSeconds: number | null;
};

export type RotateOutcome =
  /** `secret` belongs to the new `key`. It is not stored, so the receiver must keep it. */
  | { readonly kind: "rotated"; readonly key: ApiKey; readonly secret: string; readonly old: ApiKey }
  | { readonly kind: "key-unknown" }
  /** Only an active key can be rotated. `key` names its successor if it has one. */
  | { readonly kind: "not-rotatable"; readonly key: ApiKey }
  | { readonly kind: "scope-not-grantable"; readonly scopes: readonly string[] };

/**
 * Replaces a key by a new one with the same rights, in one transaction: if it fails, the old one still works. The
 * number of keys does not limit it: where more than `MAX_LIVE_KEYS` would work, it ends the overlap of the oldest.
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
    const key = successorOf(old, secret, newId("key", deps.random), now);
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

function successorOf(old: ApiKey, secret: string, id: string, createdAt: Instant): ApiKey {
  return { ...old, id, digest: digestOf(secret), lastFour: secret.slice(-4), createdAt };
}

/** Otherwise a key that may rotate itself could leave any number of working secrets. */
async function endOldestOverlaps({ lineageId }: ApiKey, now: Instant, inside: ActionDeps): Promise<void> {
  const overlapping = await overlappingKeys(inside.db, lineageId, now);
  const surplus = Math.min(MAX_ENDED_OVERLAPS, overlapping.length + 1 - MAX_LIVE_KEYS);
  for (const { id } of overlapping.slice(0, Math.max(0, surplus))) {
    await endOverlap(inside.db, id, now);
    await record(inside, {
      action: "key.overlap-ended",
      target: { kind: "key", id },
      at: now,
      details: { mostLiveKeys: String(MAX_LIVE_KEYS) },
    });
  }
}
