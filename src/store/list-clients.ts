import { type RawBuilder, type Selectable, sql } from "kysely";
import type { Client } from "../keys/client.ts";
import { toClient } from "./clients.ts";
import type { ClientTable, Database } from "./database/schema.ts";
import { nameCriterion } from "./name-search.ts";
import type { Page, PageRequest } from "./page.ts";
import { type Criterion, everyRow, readPage } from "./read-page.ts";

/** Every property that is set must match. */
export type ClientFilter = {
  readonly state?: "active" | "disabled" | undefined;
  /** A part of the name, of three characters or more; case does not matter. */
  readonly text?: string | undefined;
};

/** A page of clients, newest first. It may be shorter than requested although there are more: see `WINDOW_ROWS`. */
export async function listClients(
  db: Database,
  request: PageRequest,
  filter: ClientFilter = {},
): Promise<Page<Client>> {
  const { state, text } = filter;
  const name = text === undefined ? undefined : await nameCriterion(db, "clients", text);
  const inState = state === undefined ? [] : [STATES[state]];
  const named = name === undefined ? [] : [name.criterion];
  // The most selective criteria first.
  const criteria = name?.isRare ? [...named, ...inState] : [...inState, ...named];
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
