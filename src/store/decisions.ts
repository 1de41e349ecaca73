import { sql } from "kysely";
import type { Decision } from "../usage/decision.ts";
import type { Database } from "./schema.ts";
import { transactUnsynced } from "./transact.ts";

/** The last refusals are kept; so many that a support case of yesterday is still there on a quiet day. */
export const MOST_DECISIONS = 10_000;

export async function writeDecisions(
  db: Database,
  decisions: readonly Decision[],
  most = MOST_DECISIONS,
): Promise<void> {
  await transactUnsynced(db, async (tx) => {
    const json = JSON.stringify(decisions);
    await sql`
      insert or ignore into decisions (request_id, decision)
      select value->>'requestId', value from json_each(${json})
    `.execute(tx);
    await sql`delete from decisions where seq <= (select max(seq) from decisions) - ${most}`.execute(tx);
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
