import { type Kysely, sql } from "kysely";

/**
 * A log of the latest changes to keys and clients, so that a keyring forgets only the keys that changed. Triggers write
 * it in the transaction of the change, whatever made the change. A row names one digest, or one client whose keys all
 * changed; a row that names neither stands for every key. `mark` tells rows of the same number apart: after a rollback
 * and in a copy of the database, numbers are used again.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [LOG, BOUND, ...KEYS, ...CLIENTS, ...REPLACED, EVERY_KEY])
    await sql.raw(statement).execute(db);
}

const LOG = `create table key_changes (
  seq integer primary key, mark integer not null default (random() >> 12), digest text, client_id text) strict`;

/** A keyring that has not looked for longer than that forgets everything. */
const BOUND = `create trigger key_changes_bound after insert on key_changes
  begin delete from key_changes where seq <= new.seq - 1000; end`;

const EVERY_KEY = "insert into key_changes (digest) values (null)";

const log = (column: "digest" | "client_id", value: string) => `insert into key_changes (${column}) values (${value});`;

const KEYS = [
  `create trigger keys_insert_logs after insert on keys begin ${log("digest", "new.digest")} end`,
  `create trigger keys_update_logs after update on keys begin ${log("digest", "old.digest")} end`,
  `create trigger keys_digest_logs after update on keys when new.digest <> old.digest
   begin ${log("digest", "new.digest")} end`,
  `create trigger keys_delete_logs after delete on keys begin ${log("digest", "old.digest")} end`,
];

const CLIENTS = [
  `create trigger clients_insert_logs after insert on clients begin ${log("client_id", "new.id")} end`,
  `create trigger clients_update_logs after update on clients begin ${log("client_id", "old.id")} end`,
  `create trigger clients_id_logs after update on clients when new.id <> old.id begin ${log("client_id", "new.id")} end`,
  `create trigger clients_delete_logs after delete on clients begin ${log("client_id", "old.id")} end`,
  `create trigger revocations_insert_logs after insert on revocations begin ${log("client_id", "new.client_id")} end`,
];

/** SQLite calls no delete trigger for the rows that `INSERT OR REPLACE` and `UPDATE OR REPLACE` remove. */
const REPLACED = [
  replaced("keys", ["id", "digest", "successor_id"], "insert"),
  replaced("keys", ["id", "digest", "successor_id"], "update"),
  replaced("clients", ["id", "name"], "insert"),
  replaced("clients", ["id", "name"], "update"),
];

function replaced(table: string, unique: readonly string[], statement: "insert" | "update"): string {
  const same = ["seq", ...unique].map((column) => `${column} = new.${column}`).join(" or ");
  const another = statement === "update" ? "seq <> old.seq and " : "";
  return `create trigger ${table}_replaced_by_${statement} before ${statement} on ${table}
    when exists (select 1 from ${table} where ${another}(${same}))
    begin ${EVERY_KEY}; end`;
}
