import { type ActDeps, type ActorRefused, act } from "../../admin/act.ts";
import type { DeedDeps } from "../../admin/deeds.ts";
import * as pausing from "../../admin/pause-client.ts";
import { registerClient } from "../../admin/register-client.ts";
import { viewOfClient } from "../../admin/views.ts";
import type { ApiKey } from "../../keys/key.ts";
import * as clients from "../../store/clients.ts";
import type { Handler } from "../handler.ts";
import { notGrantable, toActor, toRefusal } from "./acting.ts";
import { CURSOR_UNKNOWN, toPageRequest } from "./paging.ts";

const CLIENT_UNKNOWN = { problem: "not-found", detail: "There is no client with this id or name." } as const;

export const createClient =
  (deps: ActDeps): Handler<"createClient"> =>
  async (call) => {
    const { body, key } = call;
    const outcome = await act(call, deps, (inside) => registerClient(body, inside));
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

export const disableClient =
  (deps: ActDeps): Handler<"disableClient"> =>
  async (call) => {
    const { path, key } = call;
    return toReply(key, await act(call, deps, (inside) => pausing.disableClient(path.clientId, inside)));
  };

export const enableClient =
  (deps: ActDeps): Handler<"enableClient"> =>
  async (call) => {
    const { path, key } = call;
    return toReply(key, await act(call, deps, (inside) => pausing.enableClient(path.clientId, toActor(key), inside)));
  };

function toReply(key: ApiKey, outcome: pausing.PauseClientOutcome | ActorRefused) {
  switch (outcome.kind) {
    case "actor-refused":
      return toRefusal(key, outcome);
    case "done":
      return { status: 200, body: viewOfClient(outcome.client) } as const;
    case "client-unknown":
      return CLIENT_UNKNOWN;
    case "scope-not-grantable":
      return notGrantable(outcome.scopes);
  }
}

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
    if (client === undefined) return CLIENT_UNKNOWN;
    return { status: 200, body: viewOfClient(client) };
  };
