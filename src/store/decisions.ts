import { sql } from "kysely";
import { type Decision, isOfKey } from "../usage/decision.ts";
import type { Database } from "./database/schema.ts";
import { transactUnsynced } from "./database/transact.ts";

/** How many refusals are kept, for known keys and for unknown callers each: enough for more than a quiet day. */
export const MAX_DECISIONS = 10_000;

/**
 * Adds decisions and removes the oldest. Decisions about keys have rising numbers above zero, those about unknown
 * callers falling numbers below, so that neither kind pushes out the other.
 */
export async function writeDecisions(
  db: Database,
  decisions: readonly Decision[],
  most = MAX_DECISIONS,
): Promise<void> {
  const ofKeys = JSON.stringify(decisions.filter(isOfKey));
  const ofUnknownCallers = JSON.stringify(decisions.filter((one) => !isOfKey(one)));
  await transactUnsynced(db, async (tx) => {
    await sql`
      insert or ignore into decisions (seq, request_id, decision)
      select max(0, coalesce((select max(seq) from decisions), 0)) + key + 1, value->>'requestId', value
      from json_each(${ofKeys})
    `.execute(tx);
    await sql`
      insert or ignore into decisions (seq, request_id, decision)
      select min(0, coalesce((select min(seq) from decisions), 0)) - key - 1, value->>'requestId', value
      from json_each(${ofUnknownCallers})
    `.execute(tx);
    await sql`
      delete from decisions where seq > 0 and seq <= (select max(seq) from decisions) - ${most}
    `.execute(tx);
    await sql`
      delete from decisions where seq < 0 and seq >= (select min(seq) from decisions) + ${most}
    `.execute(tx);
  });
}

export async function findDecision(db: Database, requestId: string): Promise<Decision | undefined> {
  const row = await db
    .selectFrom("decisions")
    .select("decision")
    .where("request_id", "=", requestId)
    .executeTakeFirst();
  return row && JSON.parse(row.decision);
}
