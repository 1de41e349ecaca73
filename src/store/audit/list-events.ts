import { type RawBuilder, sql } from "kysely";
import { yieldToEventLoop } from "../../lib/async/yield-to-event-loop.ts";
import type { Instant } from "../../lib/time/clock.ts";
import type { Database } from "../database/schema.ts";
import { type Page, type PageRequest, parseCursor } from "../page.ts";
import { type Criterion, type Listing, readPage } from "../read-page.ts";
import type { AuditAction, AuditEvent } from "./audit-event.ts";
import { parseEvent, type UncheckedRow } from "./parse-event.ts";

export type AuditFilter = {
  readonly action?: AuditAction | undefined;
  /** Actions of the client's keys, and actions on the client or one of its keys. */
  readonly clientId?: string | undefined;
  /** Actions of the key, and actions on it. */
  readonly keyId?: string | undefined;
  readonly from?: Instant | undefined;
  /** Exclusive. */
  readonly to?: Instant | undefined;
};

/**
 * The windows that are searched for one page at most. Then the page ends, full or not, and has a cursor for the rest.
 */
export const MAX_WINDOWS = 40;

/** A page of events, and the ids of rows on it that cannot be shown as events. */
export type EventPage = Page<AuditEvent> & { readonly damaged: readonly string[] };

/** A page of events, newest first. It is searched in windows; between two of them other requests are served. */
export async function listEvents(
  db: Database,
  { limit, before = Number.MAX_SAFE_INTEGER }: PageRequest,
  filter: AuditFilter = {},
): Promise<EventPage> {
  const { first, last } = await boundsOf(db, filter);
  const criteria = await criteriaOf(db, filter);
  const items: AuditEvent[] = [];
  const damaged: string[] = [];
  let position = Math.min(before, last + 1);
  for (let windows = 1; ; windows++) {
    const page = await readPage(
      db,
      { limit: limit - items.length - damaged.length, before: position },
      criteria,
      LISTING,
    );
    for (const { event, id } of page.items) {
      if (event === undefined) damaged.push(id);
      else items.push(event);
    }
    const next = page.nextCursor === null ? 0 : (parseCursor("events", page.nextCursor) ?? 0);
    if (next <= first) return { items, damaged, nextCursor: null };
    const isFull = items.length + damaged.length === limit;
    if (isFull || windows === MAX_WINDOWS) return { items, damaged, nextCursor: page.nextCursor };
    position = next;
    await yieldToEventLoop();
  }
}

type Listed = { readonly id: string; readonly event: AuditEvent | undefined };

const LISTING: Listing<UncheckedRow & { readonly seq: number }, Listed> = {
  list: "events",
  // An integer beyond JavaScript's safe range would fail the whole page.
  rows: (found) => sql`
    select found.seq, id, iif(abs(at) < ${Number.MAX_SAFE_INTEGER}, at, null) as at, action, actor_kind, actor_key_id,
      actor_client_id, target_kind, target_id, address, request_id, details, previous_hash, hash
    from (${found}) as found cross join audit_events on audit_events.seq = found.seq`,
  toItem: (row) => ({ id: String(row.id), event: parseEvent(row) }),
};

/** With more events than this in a period, its first and last event are not looked for. */
const MAX_BOUNDED_EVENTS = 20_000;

/**
 * The numbers of the first and the last event of a period, if it has few events. The clock may have been set back, so
 * times need not rise with the numbers.
 */
async function boundsOf(db: Database, { from, to }: AuditFilter): Promise<{ first: number; last: number }> {
  const everything = { first: 0, last: Number.MAX_SAFE_INTEGER - 1 };
  if (from === undefined && to === undefined) return everything;
  const { rows } = await sql<{ count: number; first: number | null; last: number | null }>`
    select count(*) as count, min(seq) as first, max(seq) as last from (
      select seq from audit_events indexed by audit_events_by_at where ${inPeriod(from, to)} limit ${MAX_BOUNDED_EVENTS + 1})
  `.execute(db);
  const { count = 0, first = null, last = null } = rows[0] ?? {};
  if (count > MAX_BOUNDED_EVENTS) return everything;
  return { first: first ?? 0, last: last ?? 0 };
}

function inPeriod(from: Instant = Number.MIN_SAFE_INTEGER, to: Instant = Number.MAX_SAFE_INTEGER): RawBuilder<boolean> {
  return sql<boolean>`audit_events.at >= ${from} and audit_events.at < ${to}`;
}

/** The most selective criteria first. */
async function criteriaOf(db: Database, filter: AuditFilter): Promise<readonly Criterion[]> {
  const { action, keyId, clientId, from, to } = filter;
  return [
    keyId === undefined ? [] : keyCriterion(keyId),
    clientId === undefined ? [] : clientCriterion(clientId, await hasFewKeys(db, clientId)),
    action === undefined ? [] : valueCriterion("action", action),
    from === undefined && to === undefined ? [] : { ...EVERY_EVENT, isExact: false, condition: inPeriod(from, to) },
  ].flat();
}

const EVERY_EVENT: Pick<Criterion, "candidates"> = {
  candidates: (range) => sql`select seq from audit_events where ${range("seq")}`,
};

/** Each of these columns has an index. */
function valueCriterion(column: "action" | "actor_key_id" | "actor_client_id" | "target_id", value: string): Criterion {
  return {
    isExact: true,
    candidates: (range) => sql`select seq from audit_events where ${sql.ref(column)} = ${value} and ${range("seq")}`,
    condition: sql`${sql.ref(`audit_events.${column}`)} is ${value}`,
  };
}

/** Each criterion contributes a whole window of candidates, so that no match is missed. */
function anyOf(criteria: readonly Criterion[]): Criterion {
  return {
    isExact: criteria.every(({ isExact }) => isExact),
    candidates: (range) => {
      const found = criteria.map(({ candidates }) => sql`select seq from (${candidates(range)})`);
      return sql`select seq from (${sql.join(found, sql` union `)}) where ${range("seq")}`;
    },
    condition: sql`(${sql.join(
      criteria.map(({ condition }) => condition),
      sql` or `,
    )})`,
  };
}

function keyCriterion(keyId: string): Criterion {
  return anyOf([valueCriterion("actor_key_id", keyId), valueCriterion("target_id", keyId)]);
}

function clientCriterion(clientId: string, hasFew: boolean): Criterion {
  const itself = anyOf([valueCriterion("actor_client_id", clientId), valueCriterion("target_id", clientId)]);
  const toItsKeys: Criterion = {
    isExact: true,
    candidates: (range) => sql`
      select events.seq from keys cross join audit_events as events on events.seq in (
        select seq from audit_events where target_id = keys.id and ${range("seq")})
      where keys.client_id = ${clientId}`,
    condition: sql`exists (
      select 1 from keys where keys.id = audit_events.target_id and keys.client_id = ${clientId})`,
  };
  const any = anyOf([itself, toItsKeys]);
  return hasFew ? any : { ...any, ...EVERY_EVENT, isExact: false };
}

/** With more keys than this, reading a window of events is faster than one index look-up per key. */
const FEW_KEYS = 200;

async function hasFewKeys(db: Database, clientId: string): Promise<boolean> {
  const { rows } = await sql`select 1 from keys where client_id = ${clientId} limit ${FEW_KEYS + 1}`.execute(db);
  return rows.length <= FEW_KEYS;
}
