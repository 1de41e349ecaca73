import { DatabaseSync } from "node:sqlite";
import { toCanonicalJson } from "../../src/lib/json/canonical-json.ts";
import { type AuditEvent, type AuditFacts, chain } from "../../src/store/audit/audit-event.ts";

/** An event at a position of the forger's choice; `seq` may be anything that SQLite can store. */
export type Placed = { readonly seq: number | string | null; readonly event: AuditEvent };

/** Writes to the audit log of a database file directly, like anyone with write access to the file could. */
export function openForger(path: string) {
  const file = new DatabaseSync(path);
  // By default Node protects the schema from changes; other programs do not.
  file.enableDefensive(false);
  file.exec("DROP TRIGGER IF EXISTS audit_events_do_not_change; DROP TRIGGER IF EXISTS audit_events_stay");
  const sql = (text: string) => file.exec(text);

  return {
    sql,
    /** Removes all constraints of the tables, so that they can hold anything in any order. */
    dropRules: () => {
      for (const table of ["audit_events", "audit_checkpoint"]) {
        const columns = file.prepare(`SELECT group_concat(name) AS names FROM pragma_table_info('${table}')`).get();
        sql(`CREATE TABLE loose (${columns?.["names"]}); INSERT INTO loose SELECT * FROM ${table};
          DROP TABLE ${table}; ALTER TABLE loose RENAME TO ${table}`);
      }
    },
    /** Replaces the whole log. */
    write: (log: readonly Placed[]) => {
      sql("DELETE FROM audit_events");
      const insert = file.prepare(`INSERT INTO audit_events (seq, id, at, action, actor_kind, actor_key_id,
        actor_client_id, target_kind, target_id, address, request_id, details, previous_hash, hash)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
      for (const { seq, event } of log) {
        const { id, at, action, actor, target, address, requestId, details, previousHash, hash } = event;
        insert.run(
          ...[seq, id, at, action, actor.kind, actor.keyId, actor.clientId, target.kind, target.id, address],
          ...[requestId, toCanonicalJson(details), previousHash, hash],
        );
      }
    },
    checkpoint: (row: { readonly seq: number; readonly hash: string; readonly at: number; readonly count: number }) =>
      file
        .prepare("INSERT OR REPLACE INTO audit_checkpoint (id, seq, hash, at, count) VALUES (1, ?, ?, ?, ?)")
        .run(row.seq, row.hash, row.at, row.count),
    close: () => file.close(),
  };
}

/** Turns any facts into a valid chain that continues `previousHash`. */
export function chained(facts: readonly AuditFacts[], previousHash: string): readonly AuditEvent[] {
  let last = previousHash;
  return facts.map((fact) => {
    const event = chain(fact, last);
    last = event.hash;
    return event;
  });
}

/** With the numbers that the service would give them. */
export function numbered(events: readonly AuditEvent[], first = 1): readonly Placed[] {
  return events.map((event, index) => ({ seq: first + index, event }));
}
