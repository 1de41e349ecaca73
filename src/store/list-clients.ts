import { type RawBuilder, type Selectable, sql } from "kysely";
import type { Client } from "../keys/client.ts";
import { toClient } from "./clients.ts";
import type { ClientTable, Database } from "./database/schema.ts";
import { nameCriterion } from "./name-search.ts";
import type { Page, PageRequest } from "./page.ts";
import { type Criterion, everyRow, readPage } from "./read-page.ts";

/** What clients are found by; what is left out does not matter. */
export type ClientFilter = {
  readonly state?: "active" | "disabled" | undefined;
  /** Part of the name, in any case; three characters or more. */
  readonly text?: string | undefined;
};

/** A page of clients, newest first. It may be shorter than asked for while there are more: see `WINDOW_ROWS`. */
export async function listClients(
  db: Database,
  request: PageRequest,
  filter: ClientFilter = {},
): Promise<Page<Client>> {
  const { state, text } = filter;
  const name = text === undefined ? undefined : await nameCriterion(db, "clients", text);
  const paused = state === undefined ? [] : [STATES[state]];
  const named = name === undefined ? [] : [name.criterion];
  // Those first that, in a large table, few rows meet.
  const criteria = name?.isRare ? [...named, ...paused] : [...paused, ...named];
  return readPage(db, request, criteria, { list: "clients", rows: selectFound, toItem: toClient });
}

const selectFound = (found: RawBuilder<unknown>) => sql<Selectable<ClientTable>>`
  select clients.* from (${found}) as found cross join clients on clients.seq = found.seq`;

const STATES = {
  active: { ...everyRow("clients"), isExact: false, condition: sql`clients.disabled_at is null` },
  disabled: {
    isExact: true,
    candidates: (range) =>
      sql`select seq from clients indexed by clients_disabled where disabled_at is not null and ${range("seq")}`,
    condition: sql`clients.disabled_at is not null`,
  },
} satisfies Record<NonNullable<ClientFilter["state"]>, Criterion>;
