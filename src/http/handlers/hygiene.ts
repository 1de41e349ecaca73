import { findHygiene, type HygieneDeps } from "../../admin/hygiene.ts";
import type { Clock } from "../../lib/time/clock.ts";
import type { Handler } from "../reply/handler.ts";
import { findFilterClient } from "./conventions/client-filter.ts";
import { CURSOR_UNKNOWN, toPageRequest } from "./conventions/paging.ts";

export const listKeyHygiene =
  (deps: HygieneDeps & { readonly clock: Clock }): Handler<"listKeyHygiene"> =>
  async ({ query }) => {
    const request = toPageRequest("keys", query);
    if (request === undefined) return CURSOR_UNKNOWN;
    const client = await findFilterClient(deps.db, query.clientId);
    if ("problem" in client) return client;
    const { items, nextCursor } = await findHygiene(deps, request, client, deps.clock.now());
    const found = items.map(({ key: { id, name, client: holder }, findings }) => ({
      key: { id, name, client: { id: holder.id, name: holder.name } },
      findings: findings.map((finding) => ({ ...finding })),
    }));
    return { status: 200, body: { items: found, nextCursor } };
  };
