import type { Selectable, Transaction } from "kysely";
import { toCanonicalJson } from "../../lib/json/canonical-json.ts";
import type { Instant } from "../../lib/time/clock.ts";
import type { AuditEventTable, Database, Tables } from "../database/schema.ts";
import { type Checkpoint, findCheckpoint } from "./audit-checkpoint.ts";
import { type AuditAction, type AuditEvent, type AuditFacts, chain, GENESIS } from "./audit-event.ts";

/** The end of the chain. Kept elsewhere, it shows later whether the chain still contains it. */
export type Head = {
  readonly hash: string;
  /** How many events there ever were, pruned ones too. */
  readonly count: number;
  /** When the last event happened; null as long as there was none. */
  readonly at: Instant | null;
};

/** Adds an event to the end of the chain, inside the transaction of its deed. */
export async function appendEvent(tx: Transaction<Tables>, facts: AuditFacts): Promise<AuditEvent> {
  // The transaction holds the write lock, so nobody else can follow the same event.
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
 * Deletes, of the `most` oldest events, those before the first one that is not older than `before`, and leaves a checkpoint
 * from which the rest still verifies. Undefined when there is nothing to delete.
 * @param last what follows the event with this number stays.
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
  // Clocks are set back at times: an event that is old enough stays if one before it is not.
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

/** @throws when the row holds what no event can: see `verifyChain`, which tells that apart. */
export function toEvent(row: Selectable<AuditEventTable>): AuditEvent {
  return {
    id: row.id,
    at: row.at,
    action: row.action as AuditAction,
    actor: {
      kind: row.actor_kind as AuditEvent["actor"]["kind"],
      keyId: row.actor_key_id,
      clientId: row.actor_client_id,
    },
    target: { kind: row.target_kind as AuditEvent["target"]["kind"], id: row.target_id },
    address: row.address,
    requestId: row.request_id,
    details: JSON.parse(row.details),
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}
