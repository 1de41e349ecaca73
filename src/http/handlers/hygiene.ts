import { findHygiene, type HygieneDeps } from "../../admin/hygiene.ts";
import type { Clock } from "../../lib/time/clock.ts";
import { findClient } from "../../store/clients.ts";
import type { Handler } from "../reply/handler.ts";
import { invalidParameter } from "./conventions/invalid-input.ts";
import { CURSOR_UNKNOWN, toPageRequest } from "./conventions/paging.ts";

export const listKeyHygiene =
  (deps: HygieneDeps & { readonly clock: Clock }): Handler<"listKeyHygiene"> =>
  async ({ query }) => {
    const request = toPageRequest("keys", query);
    if (request === undefined) return CURSOR_UNKNOWN;
    const client = query.clientId === undefined ? undefined : await findClient(deps.db, query.clientId);
    if (query.clientId !== undefined && client === undefined)
      return invalidParameter("clientId", "must be the id or the name of a client that exists");
    const { items, nextCursor } = await findHygiene(deps, request, { clientId: client?.id }, deps.clock.now());
    const found = items.map(({ key: { id, name, client: holder }, findings }) => ({
      key: { id, name, client: { id: holder.id, name: holder.name } },
      findings: findings.map((finding) => ({ ...finding })),
    }));
    return { status: 200, body: { items: found, nextCursor } };
  };
