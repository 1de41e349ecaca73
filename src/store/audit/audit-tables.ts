import { sql } from "kysely";
import type { Database } from "../database/schema.ts";

/**
 * `replaced`: the name does not lead to an ordinary table. `trigger`: there is a trigger that the service did not
 * create. `indexes`: they are not those that the service created. `entries`: SQLite's integrity check fails for the
 * table.
 */
export type TableFault = "replaced" | "trigger" | "indexes" | "entries";

export type FaultyTable = { readonly kind: "tables-broken"; readonly name: string; readonly reason: TableFault };

const TABLES = ["audit_events", "audit_checkpoint"] as const;

/** Checks that both names lead to tables: a view could show other rows to readers than to a verification. */
export async function findReplaced(db: Database): Promise<FaultyTable | undefined> {
  for (const name of TABLES) {
    const { rows } = await sql<{ type: string; rootpage: number }>`
      select type, rootpage from sqlite_schema where name = ${name} collate nocase`.execute(db);
    const [found, another] = rows;
    // A virtual table has no page.
    const isOrdinary = another === undefined && found?.type === "table" && Number(found.rootpage) > 0;
    if (!isOrdinary) return { kind: "tables-broken", name, reason: "replaced" };
  }
  return undefined;
}

/** Finds what could hide events from readers, who go through an index, while the chain is intact. */
export async function findFaultyRules(db: Database): Promise<FaultyTable | undefined> {
  const trigger = await findTrigger(db);
  if (trigger !== undefined) return { kind: "tables-broken", name: trigger, reason: "trigger" };
  for (const name of TABLES) {
    const found = (await readIndexes(db, name)).sort();
    if (found.join() !== [...INDEXES[name]].sort().join()) return { kind: "tables-broken", name, reason: "indexes" };
    const { rows } = await sql<{ verdict: string }>`
      select integrity_check as verdict from pragma_integrity_check(${name}) limit 1`.execute(db);
    if (rows[0]?.verdict !== "ok") return { kind: "tables-broken", name, reason: "entries" };
  }
  return undefined;
}

/**
 * The service's own triggers. They may be missing: they prevent mistakes, and the chain shows what was done without
 * them.
 */
const TRIGGERS: Readonly<Record<string, string>> = {
  audit_events_do_not_change: "raise(abort, 'audit events do not change')",
  audit_events_stay: "raise(abort, 'audit events go only by pruning')",
};

async function findTrigger(db: Database): Promise<string | undefined> {
  const { rows } = await sql<{ name: string; text: string }>`
    select name, sql as text from sqlite_schema
    where type = 'trigger' and lower(tbl_name) in (${sql.join([...TABLES])})`.execute(db);
  return rows.find(({ name, text }) => !isOwnTrigger(TRIGGERS[name], String(text)))?.name;
}

/** Does the trigger only refuse the change? */
function isOwnTrigger(refusal: string | undefined, text: string): boolean {
  const [, body = ""] = /\bbegin\s+select\s+(.*);\s*end$/is.exec(text) ?? [];
  return refusal !== undefined && body === refusal;
}

/** The column of each index, and whether it is unique. SQLite creates those of unique columns itself. */
const INDEXES = {
  audit_events: ["at", "action", "actor_key_id", "actor_client_id", "target_id", "id unique", "previous_hash unique"],
  audit_checkpoint: [],
} as const satisfies Record<(typeof TABLES)[number], readonly string[]>;

async function readIndexes(db: Database, table: string): Promise<string[]> {
  const { rows } = await sql<{ columns: string }>`
    select group_concat(iif(column.cid < 0 or column.coll <> 'BINARY' or column.desc, '?', column.name))
      || iif(one."unique", ' unique', '') || iif(one.partial, ' partial', '') as columns
    from pragma_index_list(${table}) as one, pragma_index_xinfo(one.name) as column
    where column.key group by one.name`.execute(db);
  return rows.map(({ columns }) => columns);
}
