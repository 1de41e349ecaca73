import { DatabaseSync } from "node:sqlite";
import { toCanonicalJson } from "../../src/lib/json/canonical-json.ts";
import { type AuditEvent, type AuditFacts, chain } from "../../src/store/audit/audit-event.ts";

/** An event where the forger wants it; `seq` may be anything that SQLite stores. */
export type Placed = { readonly seq: number | string | null; readonly event: AuditEvent };

/** Writes to the audit log of a database file past the service, as anyone can who may write the file. */
export function openForger(path: string) {
  const file = new DatabaseSync(path);
  // Node keeps the schema itself from being written; other programs do not.
  file.enableDefensive(false);
  file.exec("DROP TRIGGER IF EXISTS audit_events_do_not_change; DROP TRIGGER IF EXISTS audit_events_stay");
  const sql = (text: string) => file.exec(text);

  return {
    sql,
    /** Takes away every rule of the tables, so that they hold anything in any order. */
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

/** The facts as a sound chain behind `previousHash`, whatever they claim. */
export function chained(facts: readonly AuditFacts[], previousHash: string): readonly AuditEvent[] {
  let last = previousHash;
  return facts.map((fact) => {
    const event = chain(fact, last);
    last = event.hash;
    return event;
  });
}

/** Numbered as the service numbers them. */
export function numbered(events: readonly AuditEvent[], first = 1): readonly Placed[] {
  return events.map((event, index) => ({ seq: first + index, event }));
}
