import { type RawBuilder, sql } from "kysely";
import type { ApiKey, Environment } from "../keys/key.ts";
import type { KeyState } from "../keys/lifecycle.ts";
import type { Instant } from "../lib/time/clock.ts";
import { BULK_REVOCATION_COLUMNS, isBeingRevoked } from "./bulk-revocations.ts";
import type { Database } from "./database/schema.ts";
import { HOLDER_COLUMNS, type KeyRow, toKey } from "./keys.ts";
import { nameCriterion } from "./name-search.ts";
import type { Page, PageRequest } from "./page.ts";
import { type Criterion, everyRow, type Range, readPage } from "./read-page.ts";

/** Every property that is set must match. */
export type KeyFilter = {
  readonly clientId?: string | undefined;
  readonly state?: KeyState | undefined;
  readonly environment?: Environment | undefined;
  readonly scope?: string | undefined;
  readonly lastFour?: string | undefined;
  /** A part of the name, of three characters or more; case does not matter. */
  readonly text?: string | undefined;
  /** The instant for which `state` is computed. */
  readonly now?: Instant;
};

/** A page of keys, newest first. It may be shorter than requested although there are more: see `WINDOW_ROWS`. */
export async function listKeys(db: Database, request: PageRequest, filter: KeyFilter = {}): Promise<Page<ApiKey>> {
  const name = filter.text === undefined ? undefined : await nameCriterion(db, "keys", filter.text);
  return readPage(db, request, criteriaOf(filter, name), { list: "keys", rows: selectFound, toItem: toKey });
}

/** Is `scope` in the catalogue `known`, or one that the contract had when a key was issued? */
export async function isScopeOfKeys(db: Database, scope: string, known: readonly string[]): Promise<boolean> {
  if (known.includes(scope)) return true;
  const { rows } = await sql`select 1 from key_scopes where scope = ${scope} limit 1`.execute(db);
  return rows.length > 0;
}

// A cross join fixes the order of the tables: with a plain join SQLite could start with another one, and read every
// key.
const selectFound = (found: RawBuilder<unknown>) => sql<KeyRow>`
  select keys.*, ${sql.raw(HOLDER_COLUMNS.join(", "))},
    ${sql.raw(BULK_REVOCATION_COLUMNS.at)} as revoking_at, ${sql.raw(BULK_REVOCATION_COLUMNS.reason)} as revoking_reason
  from (${found}) as found cross join keys on keys.seq = found.seq cross join clients on clients.id = keys.client_id`;

/** The most selective criteria first. */
function criteriaOf(
  { clientId, state, environment, scope, lastFour, now = 0 }: KeyFilter,
  name: Awaited<ReturnType<typeof nameCriterion>> | undefined,
): readonly Criterion[] {
  return [
    lastFour === undefined ? [] : valueCriterion("last_four", lastFour),
    clientId === undefined ? [] : valueCriterion("client_id", clientId),
    name?.isRare ? name.criterion : [],
    state === undefined || state === "active" ? [] : stateCriterion(state, now),
    scope === undefined ? [] : scopeCriterion(scope),
    environment === undefined ? [] : valueCriterion("environment", environment),
    state === "active" ? stateCriterion(state, now) : [],
    name === undefined || name.isRare ? [] : name.criterion,
  ].flat();
}

/** Each of these columns has an index. */
function valueCriterion(column: "last_four" | "client_id" | "environment", value: string): Criterion {
  return {
    isExact: true,
    candidates: (range) => sql`select seq from keys where ${sql.ref(column)} = ${value} and ${range("seq")}`,
    condition: sql`${sql.ref(`keys.${column}`)} = ${value}`,
  };
}

function scopeCriterion(scope: string): Criterion {
  return {
    isExact: true,
    candidates: (range) => sql`select seq from key_scopes where scope = ${scope} and ${range("seq")}`,
    condition: sql`exists (select 1 from key_scopes where scope = ${scope} and seq = keys.seq)`,
  };
}

function stateCriterion(state: KeyState, now: Instant): Criterion {
  return { isExact: state === "revoked", candidates: CANDIDATES[state], condition: conditionOf(state, now) };
}

const via = (index: string, condition: string) => (range: Range) =>
  sql`select seq from keys indexed by ${sql.ref(index)} where ${sql.raw(condition)} and ${range("seq")}`;

const CANDIDATES = {
  active: everyRow("keys").candidates,
  revoked: via("keys_revoked", "revoked_at is not null"),
  disabled: via("keys_disabled", "disabled_at is not null"),
  superseded: via("keys_superseded", "overlap_ends_at is not null"),
  expired: via("keys_ending", "(expires_at is not null or overlap_ends_at is not null)"),
} satisfies Record<KeyState, Criterion["candidates"]>;

/** The same as `stateOf`, in SQL. */
function conditionOf(state: KeyState, now: Instant): RawBuilder<boolean> {
  // A key of a bulk revocation is listed as revoked once it is marked, and under no other state before that.
  const isRevoked = sql`(keys.revoked_at is not null or ${isBeingRevoked})`;
  const isEnded = sql`(ifnull(keys.expires_at <= ${now}, 0) or ifnull(keys.overlap_ends_at <= ${now}, 0))`;
  const isDisabled = sql`keys.disabled_at is not null`;
  const isOver = sql`keys.overlap_ends_at is not null`;
  const conditions = {
    revoked: sql<boolean>`${isRevoked}`,
    expired: sql<boolean>`not (${isRevoked}) and ${isEnded}`,
    disabled: sql<boolean>`not (${isRevoked}) and not ${isEnded} and ${isDisabled}`,
    superseded: sql<boolean>`not (${isRevoked}) and not ${isEnded} and not (${isDisabled}) and ${isOver}`,
    active: sql<boolean>`not (${isRevoked}) and not ${isEnded} and not (${isDisabled}) and not (${isOver})`,
  } satisfies Record<KeyState, RawBuilder<boolean>>;
  return conditions[state];
}
