import { sql } from "kysely";
import type { KeyUse } from "../../usage/batch.ts";
import type { Database } from "../database/schema.ts";
import { foldUsage } from "./journal.ts";

/** The uses of a key by operation and network, the latest first. */
export async function listKeyUses(db: Database, keyId: string, most: number): Promise<readonly KeyUse[]> {
  await foldUsage(db);
  const rows = await db
    .selectFrom("key_use")
    .selectAll()
    .where("key_id", "=", keyId)
    .orderBy("at", "desc")
    .orderBy("operation")
    .orderBy("network")
    .limit(most)
    .execute();
  return rows.map(({ key_id, ...use }) => ({ keyId: key_id, ...use }));
}

/**
 * Every operation that a key has called. One index look-up per operation, so the number of networks does not matter.
 */
export async function listUsedOperations(db: Database, keyId: string): Promise<readonly string[]> {
  await foldUsage(db);
  const { rows } = await sql<{ readonly operation: string }>`
    with recursive used (operation) as (
      select min(operation) from key_use where key_id = ${keyId} union all
      select (select min(operation) from key_use where key_id = ${keyId} and key_use.operation > used.operation)
      from used where operation is not null)
    select operation from used where operation is not null`.execute(db);
  return rows.map(({ operation }) => operation);
}
