import { setTimeout as wait } from "node:timers/promises";
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

/** So many keys are marked in one transaction: some milliseconds. */
export const MARKED_AT_A_TIME = 50;
/** In between others have the store and the event loop. */
const PAUSE_MS = 5;

/**
 * Revokes every key of `span` that is not revoked yet. All of them are refused as soon as the transaction of the deed
 * is committed. It marks and records the first of them; what is left is for `finishBulkRevocations`, here or after a crash.
 * @param inside the dependencies `within` the transaction of the deed.
 */
export async function revokeInBulk(span: KeyRange, reason: string | null, inside: ActionDeps): Promise<void> {
  const { keyIds, nextSeq } = await firstUnmarked(inside.db, span, {
    most: MARKED_AT_A_TIME,
    isPendingLeftOut: true,
  });
  const at = inside.clock.now();
  await markAll(keyIds, { at, reason }, inside);
  if (nextSeq === undefined) return;
  await insertBulkRevocation(inside.db, {
    ...span,
    firstSeq: nextSeq,
    at,
    reason,
    author: JSON.stringify(inside.principal),
  });
}

type FinishOptions = {
  readonly isStopping?: () => boolean;
  /** What is done between two transactions. */
  readonly pause?: () => Promise<unknown>;
};

/** Marks and records, some at a time, the keys that are revoked already by a revocation of many. */
export async function finishBulkRevocations(deps: ActionDeps, options: FinishOptions = {}): Promise<void> {
  const { isStopping = () => false, pause = () => wait(PAUSE_MS) } = options;
  while (!isStopping() && (await transact(deps.db, (tx) => markSome(within(deps, tx))))) await pause();
}

/** @returns whether there was something to do. */
async function markSome(inside: ActionDeps): Promise<boolean> {
  const revocation = await nextBulkRevocation(inside.db);
  if (revocation === undefined) return false;

  const { keyIds, nextSeq } = await firstUnmarked(inside.db, revocation, { most: MARKED_AT_A_TIME });
  await markAll(keyIds, revocation, { ...inside, principal: JSON.parse(revocation.author) as Principal });
  await advanceBulkRevocation(inside.db, revocation.id, nextSeq);
  return true;
}

type Facts = { readonly at: number; readonly reason: string | null };

async function markAll(keyIds: readonly string[], { at, reason }: Facts, inside: ActionDeps): Promise<void> {
  for (const id of keyIds) {
    await markRevoked(inside.db, id, at, reason);
    await record(inside, {
      action: "key.revoked",
      target: { kind: "key", id },
      at,
      details: reason === null ? {} : { reason },
    });
  }
}
