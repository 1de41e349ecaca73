import { newId, newSecret } from "../keys/generate.ts";
import { digestOf } from "../keys/hash.ts";
import type { ApiKey } from "../keys/key.ts";
import { stateOf } from "../keys/lifecycle.ts";
import { toTimestamp } from "../lib/clock.ts";
import { findKey, insertKey, markSuperseded } from "../store/keys.ts";
import { transact } from "../store/transact.ts";
import { watchRotation } from "../store/watched-rotations.ts";
import { type Actor, type DeedDeps, refusedRights, within } from "./deeds.ts";
import { record } from "./record.ts";

/** A day, as the contract declares it for `overlapSeconds`. */
export const DEFAULT_OVERLAP_SECONDS = 86_400;

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
 * either the old one works or both do.
 */
export async function rotateKey(id: string, overlap: Overlap, actor: Actor, deps: DeedDeps): Promise<RotateOutcome> {
  return transact(deps.db, async (tx) => {
    const old = await findKey(tx, id);
    if (old === undefined) return { kind: "key-unknown" };
    const now = deps.clock.now();
    if (stateOf(old, now) !== "active") return { kind: "not-rotatable", key: old };
    const refused = refusedRights(actor, old);
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
    if (endWhenSilentSeconds !== null) await watchRotation(tx, old.id, endWhenSilentSeconds, now);
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
    return { kind: "rotated", key, secret, old: { ...old, successorId: key.id, overlapEndsAt } };
  });
}
