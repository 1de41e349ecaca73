import { sql } from "kysely";
import type { Instant } from "../lib/time/clock.ts";
import { isBeingRevoked } from "./bulk-revocations.ts";
import type { Database } from "./database/schema.ts";

export type KeyCount = {
  /** Keys that work, or would if their client were not disabled: active and superseded ones. */
  readonly active: number;
  /** With disabled, expired and revoked ones. */
  readonly total: number;
};

export const NO_KEYS: KeyCount = { active: 0, total: 0 };

/** How many keys each client has, by the id of the client. Reads every key, or those of one client. */
export async function countKeys(db: Database, now: Instant, clientId?: string): Promise<ReadonlyMap<string, KeyCount>> {
  const ofClient = clientId === undefined ? sql`` : sql`where keys.client_id = ${clientId}`;
  const { rows } = await sql<{ readonly client_id: string; readonly active: number; readonly total: number }>`
    select client_id, count(*) as total, sum(
      revoked_at is null and disabled_at is null and (expires_at is null or expires_at > ${now})
      and (overlap_ends_at is null or overlap_ends_at > ${now}) and not ${isBeingRevoked}
    ) as active from keys ${ofClient} group by client_id`.execute(db);
  return new Map(rows.map(({ client_id, active, total }) => [client_id, { active, total }]));
}
