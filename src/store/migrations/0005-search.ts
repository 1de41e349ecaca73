import { type Kysely, sql } from "kysely";

/**
 * An index for each filter of lists, in the order of `seq`, so that a page is read without visiting other rows.
 * Triggers maintain the two indexes that are separate tables.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...INDEXES, ...SCOPES, ...names("keys"), ...names("clients")]) {
    await sql.raw(statement).execute(db);
  }
}

const INDEXES = [
  "create index keys_by_last_four on keys (last_four, seq)",
  "create index keys_by_environment on keys (environment, seq)",
  "create index keys_revoked on keys (seq) where revoked_at is not null",
  "create index keys_disabled on keys (seq) where disabled_at is not null",
  "create index keys_superseded on keys (seq) where overlap_ends_at is not null",
  "create index keys_ending on keys (seq) where expires_at is not null or overlap_ends_at is not null",
  "create index clients_disabled on clients (seq) where disabled_at is not null",
  // The keys that count towards the maximum of a client, so that its revoked keys are not read.
  "create index keys_held on keys (client_id, expires_at) where revoked_at is null and successor_id is null",
];

const SCOPES = [
  "create table key_scopes (scope text not null, seq integer not null, primary key (scope, seq)) strict, without rowid",
  "insert into key_scopes (scope, seq) select distinct value, keys.seq from keys, json_each(keys.scopes)",
  `create trigger key_scopes_insert after insert on keys
   begin insert into key_scopes (scope, seq) select distinct value, new.seq from json_each(new.scopes); end`,
  `create trigger key_scopes_update after update of scopes on keys when new.scopes <> old.scopes
   begin
     delete from key_scopes where seq = old.seq and scope in (select value from json_each(old.scopes));
     insert into key_scopes (scope, seq) select distinct value, new.seq from json_each(new.scopes);
   end`,
];

/** A case-insensitive trigram index of names. */
function names(table: "keys" | "clients"): readonly string[] {
  const index = `${table}_names`;
  return [
    `create virtual table ${index} using fts5(name, content='', contentless_delete=1, tokenize='trigram')`,
    `insert into ${index} (rowid, name) select seq, name from ${table}`,
    `create trigger ${index}_insert after insert on ${table}
     begin insert into ${index} (rowid, name) values (new.seq, new.name); end`,
    `create trigger ${index}_update after update of name on ${table} when new.name <> old.name
     begin
       delete from ${index} where rowid = old.seq;
       insert into ${index} (rowid, name) values (new.seq, new.name);
     end`,
  ];
}
