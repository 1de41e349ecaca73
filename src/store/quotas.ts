import type { Account, QuotaStore } from "../limits/ledger.ts";
import type { Database } from "./schema.ts";
import { transact } from "./transact.ts";

/** Keeps what was used of quotas. */
export function createQuotaStore(db: Database): QuotaStore {
  return {
    read: (accounts) => Promise.all(accounts.map((account) => readUsed(db, account))),
    add: (changes) =>
      transact(db, async (tx) => {
        const used: number[] = [];
        for (const { clientId, quota, span, units } of changes) {
          const row = await tx
            .insertInto("quota_usage")
            .values({ client_id: clientId, quota, span, used: units })
            .onConflict((conflict) =>
              conflict
                .columns(["client_id", "quota", "span"])
                .doUpdateSet((set) => ({ used: set("quota_usage.used", "+", units) })),
            )
            .returning("used")
            .executeTakeFirstOrThrow();
          used.push(row.used);
        }
        return used;
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
