import { sql } from "kysely";
import type { ViolationCount } from "../usage/violations.ts";
import type { Database } from "./database/schema.ts";
import { transact, transactUnsynced } from "./database/transact.ts";

/** How many kinds of violations are kept. Past these the rarest are removed, of equally rare ones the oldest. */
export const MAX_VIOLATIONS = 1_000;

/** Adds counts to those that are kept. */
export async function addViolations(
  db: Database,
  counts: readonly ViolationCount[],
  most = MAX_VIOLATIONS,
): Promise<void> {
  const rows = JSON.stringify(counts);
  await transactUnsynced(db, async (tx) => {
    await sql`
      insert into request_violations (operation, pointer, detail, count, first_at, last_at, example)
      select value->>'operation', value->>'pointer', value->>'detail', value->>'count', value->>'firstAt',
        value->>'lastAt', value->>'example'
      from json_each(${rows}) where true
      on conflict do update set count = count + excluded.count, last_at = max(last_at, excluded.last_at),
        example = excluded.example
    `.execute(tx);
    await sql`
      delete from request_violations where (operation, pointer, detail) in (
        select operation, pointer, detail from request_violations
        order by count desc, last_at desc limit -1 offset ${most})
    `.execute(tx);
  });
}

/** The violations that are kept, the most frequent of each operation first. */
export async function listViolations(db: Database, operation?: string): Promise<readonly ViolationCount[]> {
  const rows = await db
    .selectFrom("request_violations")
    .selectAll()
    .$if(operation !== undefined, (query) => query.where("operation", "=", String(operation)))
    .orderBy("operation")
    .orderBy("count", "desc")
    .orderBy("pointer")
    .orderBy("detail")
    .execute();
  return rows.map(({ first_at: firstAt, last_at: lastAt, ...others }) => ({ ...others, firstAt, lastAt }));
}

/** Forgets violations: after a change of the contract only new ones are of interest. */
export async function clearViolations(db: Database, operation?: string): Promise<void> {
  await transact(db, async (tx) => {
    await tx
      .deleteFrom("request_violations")
      .$if(operation !== undefined, (query) => query.where("operation", "=", String(operation)))
      .execute();
  });
}
