import { viewOfClient } from "../../../admin/views.ts";
import type { Client } from "../../../keys/client.ts";
import { countKeys, NO_KEYS } from "../../../store/count-keys.ts";
import { listClients } from "../../../store/list-clients.ts";
import { everyPage } from "../../every-page.ts";
import { emptyText, type JsonOption, toJson } from "../../output.ts";
import { requireText } from "../../require-text.ts";
import { type Session, withActions } from "../../session.ts";
import { paintTable, type TableOptions } from "../../terminal/table.ts";
import { createTimes } from "../../terminal/times.ts";
import { planText } from "../../words/plan-text.ts";
import { clientStateOf, stateOfClient } from "../../words/state-text.ts";

export type ListOptions = JsonOption &
  TableOptions & { readonly state?: "active" | "disabled"; readonly text?: string };

export async function listAllClients(session: Session, { json, wide, ...filter }: ListOptions) {
  const { clients, counts, policy, now } = await withActions(session, async ({ db, clock, policy }, checkText) => {
    if (filter.text !== undefined) requireText(checkText, "SearchText", filter.text, "The text");
    const now = clock.now();
    const clients = await everyPage("clients", (request) => listClients(db, request, filter));
    return { clients, counts: await countKeys(db, now), policy, now };
  });
  const keysOf = ({ id }: Client) => counts.get(id) ?? NO_KEYS;
  if (json) {
    const items = clients.map((client) => ({
      ...viewOfClient(client),
      state: clientStateOf(client),
      keys: keysOf(client),
    }));
    return session.out(toJson({ items, nextCursor: null }));
  }
  if (clients.length === 0) return session.out(emptyText("clients", filter));
  const times = createTimes(session.screen, now, { wide });
  session.show(
    paintTable<Client>(
      [
        { title: "ID", cell: ({ id }) => id, dropped: 3 },
        { title: "NAME", cell: ({ name }) => name, cutTo: 16 },
        { title: "STATE", cell: stateOfClient },
        { title: "PLAN", cell: ({ plan }) => planText(policy, plan), cutTo: 10, dropped: 2 },
        { title: "ACTIVE KEYS", cell: (client) => String(keysOf(client).active), align: "right", dropped: 1 },
        { title: "ALL KEYS", cell: (client) => String(keysOf(client).total), align: "right", isExtra: true },
        { title: "CREATED", cell: ({ createdAt }) => times.inCell(createdAt), dropped: 4 },
      ],
      clients,
      session.screen,
      { wide },
    ),
  );
}
