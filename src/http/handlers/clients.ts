import { act } from "../../admin/act.ts";
import type { DeedDeps } from "../../admin/deeds.ts";
import { registerClient } from "../../admin/register-client.ts";
import { viewOfClient } from "../../admin/views.ts";
import * as clients from "../../store/clients.ts";
import type { Handler } from "../handler.ts";
import { toRefusal } from "./acting.ts";
import { CURSOR_UNKNOWN, toPageRequest } from "./paging.ts";

export const createClient =
  (deps: DeedDeps): Handler<"createClient"> =>
  async ({ body, key }) => {
    const outcome = await act(key, deps, (inside) => registerClient(body, inside));
    switch (outcome.kind) {
      case "actor-refused":
        return toRefusal(key, outcome);
      case "registered":
        return { status: 201, body: viewOfClient(outcome.client), location: `/v1/clients/${outcome.client.id}` };
      case "name-taken":
        return { problem: "client-name-taken", detail: "Another client has this name already; choose another one." };
      case "name-like-id":
        return {
          problem: "request-invalid",
          detail: "The name looks like the id of a client; choose one that does not begin with client_.",
          errors: [{ detail: "must not begin with client_", pointer: "#/name" }],
        };
    }
  };

export const listClients =
  ({ db }: Pick<DeedDeps, "db">): Handler<"listClients"> =>
  async ({ query }) => {
    const request = toPageRequest(query);
    if (request === undefined) return CURSOR_UNKNOWN;
    const { items, nextCursor } = await clients.listClients(db, request);
    return { status: 200, body: { items: items.map(viewOfClient), nextCursor } };
  };

export const getClient =
  ({ db }: Pick<DeedDeps, "db">): Handler<"getClient"> =>
  async ({ path }) => {
    const client = await clients.findClient(db, path.clientId);
    if (client === undefined) return { problem: "not-found", detail: "There is no client with this id or name." };
    return { status: 200, body: viewOfClient(client) };
  };
