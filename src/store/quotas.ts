import { sql } from "kysely";
import type { Account, QuotaStore } from "../limits/accounts.ts";
import type { Database } from "./database/schema.ts";
import { transact } from "./database/transact.ts";

/** Stores how much of each quota was used. */
export function createQuotaStore(db: Database): QuotaStore {
  return {
    read: (accounts) => Promise.all(accounts.map((account) => readUsed(db, account))),
    add: (changes) =>
      transact(db, async (tx) => {
        const json = JSON.stringify(changes.map(({ clientId, quota, span, units }) => [clientId, quota, span, units]));
        const { rows } = await sql<Account & { readonly used: number }>`
          insert into quota_usage (client_id, quota, span, used)
          select value->>0, value->>1, value->>2, value->>3 from json_each(${json}) where true
          on conflict (client_id, quota, span) do update set used = used + excluded.used
          returning client_id as clientId, quota, span, used
        `.execute(tx);
        // SQLite returns the rows in any order.
        const used = new Map(rows.map((row) => [nameOf(row), row.used]));
        return changes.map((change) => used.get(nameOf(change)) ?? 0);
      }),
  };
}

async function readUsed(db: Database, { clientId, quota, span }: Account): Promise<number> {
  const row = await db
    .selectFrom("quota_usage")
    .select("used")
    .where("client_id", "=", clientId)
    .where("quota", "=", quota)
    .where("span", "=", span)
    .executeTakeFirst();
  return row?.used ?? 0;
}

function nameOf({ clientId, quota, span }: Account): string {
  return `${clientId}\n${quota}\n${span}`;
}
