import type { Selectable, Transaction } from "kysely";
import { toCanonicalJson } from "../../lib/json/canonical-json.ts";
import type { Instant } from "../../lib/time/clock.ts";
import type { AuditEventTable, Database, Tables } from "../database/schema.ts";
import { type Checkpoint, findCheckpoint } from "./audit-checkpoint.ts";
import { type AuditEvent, type AuditFacts, chain, GENESIS } from "./audit-event.ts";

/** The end of the chain. A copy kept elsewhere shows later whether the chain still contains it. */
export type Head = {
  readonly hash: string;
  /** The number of all events so far, with the pruned ones. */
  readonly count: number;
  /** The time of the last event; null before the first one. */
  readonly at: Instant | null;
};

/** Adds an event to the end of the chain, inside the transaction of its action. */
export async function appendEvent(tx: Transaction<Tables>, facts: AuditFacts): Promise<AuditEvent> {
  // The transaction holds the write lock, so no other event can follow the same one.
  const event = chain(facts, await lastHash(tx));
  await tx
    .insertInto("audit_events")
    .values({
      id: event.id,
      at: event.at,
      action: event.action,
      actor_kind: event.actor.kind,
      actor_key_id: event.actor.keyId,
      actor_client_id: event.actor.clientId,
      target_kind: event.target.kind,
      target_id: event.target.id,
      address: event.address,
      request_id: event.requestId,
      details: toCanonicalJson(event.details),
      previous_hash: event.previousHash,
      hash: event.hash,
    })
    .execute();
  return event;
}

async function lastHash(tx: Transaction<Tables>): Promise<string> {
  const last = await tx.selectFrom("audit_events").select("hash").orderBy("seq", "desc").limit(1).executeTakeFirst();
  return (last ?? (await findCheckpoint(tx)))?.hash ?? GENESIS;
}

/** The end of the chain, as of one instant. */
export async function readHead(db: Database): Promise<Head> {
  const { kept, hash, at, pruned } = await db
    .selectNoFrom((select) => {
      const last = select.selectFrom("audit_events").orderBy("seq", "desc").limit(1);
      const checkpoint = select.selectFrom("audit_checkpoint");
      const { coalesce } = select.fn;
      return [
        select.selectFrom("audit_events").select(select.fn.countAll<number>().as("kept")).as("kept"),
        coalesce(last.select("hash"), checkpoint.select("hash"), select.val(GENESIS)).as("hash"),
        coalesce(last.select("at"), checkpoint.select("at")).as("at"),
        coalesce(checkpoint.select("count"), select.lit(0)).as("pruned"),
      ];
    })
    .executeTakeFirstOrThrow();
  return { hash, count: (kept ?? 0) + pruned, at };
}

/**
 * Deletes the oldest events, up to the first one that is not older than `before`, and leaves a checkpoint from which
 * the rest still verifies.
 * @param most how many events it deletes at most.
 * @param last the number of the last event that it may delete.
 * @returns undefined when there is nothing to delete.
 */
export async function pruneEvents(
  tx: Transaction<Tables>,
  before: Instant,
  { most, last = Number.MAX_SAFE_INTEGER }: { readonly most: number; readonly last?: number },
): Promise<Checkpoint | undefined> {
  const former = await findCheckpoint(tx);
  const oldest = tx
    .selectFrom("audit_events")
    .select(["seq", "hash", "at"])
    .where("seq", "<=", last)
    .orderBy("seq")
    .limit(most)
    .as("oldest");
  // Clocks can be set back: an old event stays if a newer one comes before it in the chain.
  const stays = await tx
    .selectFrom(oldest)
    .select("seq")
    .where("at", ">=", before)
    .orderBy("seq")
    .limit(1)
    .executeTakeFirst();
  const goes = tx.selectFrom(oldest).where("seq", "<", stays?.seq ?? Number.MAX_SAFE_INTEGER);
  const youngest = await goes.select(["seq", "hash", "at"]).orderBy("seq", "desc").limit(1).executeTakeFirst();
  if (youngest === undefined) return undefined;

  const { pruned } = await goes.select((select) => select.fn.countAll<number>().as("pruned")).executeTakeFirstOrThrow();
  const checkpoint = { ...youngest, count: (former?.count ?? 0) + pruned };
  await tx
    .replaceInto("audit_checkpoint")
    .values({ id: 1, ...checkpoint })
    .execute();
  await tx.deleteFrom("audit_events").where("seq", "<=", youngest.seq).execute();
  return checkpoint;
}

/** @throws when `details` is not JSON. Whether the row was changed shows in `verifyChain`. */
export function toEvent(row: Selectable<AuditEventTable>): AuditEvent {
  return {
    id: row.id,
    at: row.at,
    action: row.action,
    actor: {
      kind: row.actor_kind,
      keyId: row.actor_key_id,
      clientId: row.actor_client_id,
    },
    target: { kind: row.target_kind, id: row.target_id },
    address: row.address,
    requestId: row.request_id,
    details: JSON.parse(row.details),
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}
