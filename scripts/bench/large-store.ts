import { sql } from "kysely";
import { systemClock } from "../../src/lib/time/clock.ts";
import type { Database } from "../../src/store/database/schema.ts";
import { transactUnsynced } from "../../src/store/database/transact.ts";

export const KEYS = 200_000;
export const EVENTS = 1_000_000;
export const HOUR_MS = 3_600_000;
export const NOW = Math.floor(systemClock.now() / HOUR_MS) * HOUR_MS;

/** The client that holds the keys. `keyId` is the id of its key with this number, from 1. */
export const HOLDER = "client_00000000000000000000";
export const keyId = (n: number) => `key_${String(n).padStart(20, "0")}`;

/** The key that performed every action in the audit log. */
export const ACTOR = keyId(0);

/** The responses of one key, by hour and operation, that make ten thousand points in a week. */
export const OPERATIONS = 60;

/**
 * Fills a database with SQL, because actions would take too long: a client with 200,000 keys, a million audit events on
 * them, 20,000 usage series, and the usage of the key `ownKeyId`.
 */
export async function fillStore(db: Database, ownKeyId: string): Promise<void> {
  const id = sql`printf('%020d', n)`;
  for (const statement of [
    sql`insert into clients (id, name, metadata, created_at) values (${HOLDER}, 'holder', '{}', ${NOW})`,
    sql`${counting(KEYS)}
      insert into keys (id, client_id, name, environment, scopes, digest, last_four, created_at, metadata, lineage_id)
      select 'key_' || ${id}, ${HOLDER}, 'import', 'live', '["data:read"]', 'digest ' || n, 'last', ${NOW}, '{}', 'key_' || ${id}
      from counted`,
    sql`${counting(EVENTS)}
      insert into audit_events (id, at, action, actor_kind, actor_key_id, actor_client_id, target_kind, target_id, details,
        previous_hash, hash)
      select 'event_' || ${id}, ${NOW} - (${EVENTS} - n) * 1000, case n % 100000 when 7 then 'key.rotated' else 'key.changed' end,
        'key', ${ACTOR}, ${HOLDER.replaceAll("0", "9")}, 'key', 'key_' || printf('%020d', n % ${KEYS} + 1), '{"name":"import"}',
        printf('1%063d', n - 1), printf('1%063d', n)
      from counted`,
    sql`${counting(20_000)}
      insert into usage_series (client_id, key_id, environment, operation, status_class, code)
      select 'client_' || printf('%020d', n % 1000 + 1), 'key_' || printf('%020d', n % 1000 + 1), 'live', 'operation' || (n / 1000), 2, '' from counted`,
    sql`${counting(24)}
      insert into usage_hours (series_id, at, requests, cost, bytes_in, bytes_out)
      select id, ${NOW} - n * ${HOUR_MS}, 100, 100, 20000, 50000 from usage_series, counted`,
    sql`${counting(OPERATIONS)}
      insert into usage_series (client_id, key_id, environment, operation, status_class, code)
      select ${HOLDER}, ${ownKeyId}, 'live', 'own' || n, 2, '' from counted`,
    sql`${counting(768)}
      insert into usage_hours (series_id, at, requests, cost, bytes_in, bytes_out)
      select id, ${NOW} - n * ${HOUR_MS}, 100, 100, 20000, 50000 from usage_series, counted where key_id = ${ownKeyId}`,
    sql`${counting(100_000)}
      insert into key_use (key_id, operation, network, at, requests)
      select 'key_' || printf('%020d', ${KEYS} - n % 100), 'getData', '192.0.2.' || (n / 100), ${NOW} - n, 1 from counted`,
  ]) {
    await transactUnsynced(db, (tx) => statement.execute(tx));
  }
}

/** A table `counted` with the numbers from 1 to `end`. */
function counting(end: number) {
  return sql`with recursive counted (n) as (select 1 union all select n + 1 from counted where n < ${end})`;
}
