import { setTimeout as wait } from "node:timers/promises";
import type { Instant } from "../../lib/time/clock.ts";
import {
  advanceBulkRevocation,
  firstUnmarked,
  insertBulkRevocation,
  type KeyRange,
  nextBulkRevocation,
} from "../../store/bulk-revocations.ts";
import { transact } from "../../store/database/transact.ts";
import { markRevoked } from "../../store/keys.ts";
import { type ActionDeps, type Principal, within } from "../actions.ts";
import { record } from "../record.ts";

/** Keys that are marked in one transaction: some milliseconds. */
export const MARKED_AT_A_TIME = 50;
/** Between two transactions, other requests get the store and the event loop. */
const PAUSE_MS = 5;

/**
 * Revokes every key of `range` that is not revoked yet. All of them are refused once the transaction is committed. This
 * marks and records the first keys; `finishBulkRevocations` does the rest, also after a crash.
 * @param inside the dependencies `within` the transaction of the action.
 */
export async function revokeInBulk(range: KeyRange, reason: string | null, inside: ActionDeps): Promise<void> {
  const { keyIds, nextSeq } = await firstUnmarked(inside.db, range, {
    most: MARKED_AT_A_TIME,
    isPendingLeftOut: true,
  });
  const at = inside.clock.now();
  await markAll(keyIds, { at, reason }, inside);
  if (nextSeq === undefined) return;
  await insertBulkRevocation(inside.db, {
    ...range,
    firstSeq: nextSeq,
    at,
    reason,
    author: JSON.stringify(inside.principal),
  });
}

type FinishOptions = {
  readonly isStopping?: () => boolean;
  /** Is awaited between two transactions. */
  readonly pause?: () => Promise<unknown>;
};

/** Marks and records the keys of bulk revocations, part by part. */
export async function finishBulkRevocations(deps: ActionDeps, options: FinishOptions = {}): Promise<void> {
  const { isStopping = () => false, pause = () => wait(PAUSE_MS) } = options;
  while (!isStopping() && (await transact(deps.db, (tx) => markSome(within(deps, tx))))) await pause();
}

/** @returns false when no revocation is pending. */
async function markSome(inside: ActionDeps): Promise<boolean> {
  const revocation = await nextBulkRevocation(inside.db);
  if (revocation === undefined) return false;

  const { keyIds, nextSeq } = await firstUnmarked(inside.db, revocation, { most: MARKED_AT_A_TIME });
  const principal: Principal = JSON.parse(revocation.author);
  await markAll(keyIds, revocation, { ...inside, principal });
  await advanceBulkRevocation(inside.db, revocation.id, nextSeq);
  return true;
}

type Facts = { readonly at: Instant; readonly reason: string | null };

async function markAll(keyIds: readonly string[], facts: Facts, inside: ActionDeps): Promise<void> {
  for (const id of keyIds) await markAndRecord(id, facts, inside);
}

/** Marks one key as revoked, and records it. */
export async function markAndRecord(id: string, { at, reason }: Facts, inside: ActionDeps): Promise<void> {
  await markRevoked(inside.db, id, at, reason);
  await record(inside, {
    action: "key.revoked",
    target: { kind: "key", id },
    at,
    details: reason === null ? {} : { reason },
  });
}
