import type { ActionDeps } from "../../admin/actions.ts";
import {
  type DisableClientOutcome,
  disableClient as disable,
  enableClient as enable,
} from "../../admin/clients/disable-client.ts";
import { registerClient } from "../../admin/clients/register-client.ts";
import { type UpdateClientOutcome, updateClient as update } from "../../admin/clients/update-client.ts";
import { revokeClientKeys as revokeKeys } from "../../admin/keys/revoke-client-keys.ts";
import type { LimitTermsRefused } from "../../admin/limit-terms.ts";
import { performAction, type RightLost, type UnattributedDeps } from "../../admin/perform-action.ts";
import { viewOfClient, viewOfRevoked } from "../../admin/views.ts";
import { findClient } from "../../store/clients.ts";
import { listClients as listPage } from "../../store/list-clients.ts";
import type { Handler } from "../reply/handler.ts";
import { notGrantable, toAuthority, toRefusal } from "./conventions/authority.ts";
import { checkIfMatch, createIsCurrent, toVersionedReply, VERSION_OUTDATED } from "./conventions/if-match.ts";
import { invalidField } from "./conventions/invalid-input.ts";
import { END_INVALID, hasInvalidEnd, toLimitsProblem, toOverride } from "./conventions/limit-override.ts";
import { CURSOR_UNKNOWN, toPageRequest } from "./conventions/paging.ts";

const CLIENT_UNKNOWN = {
  problem: "not-found",
  detail: "There is no client with this id or name; check it, or list the clients.",
} as const;

export const createClient =
  (deps: UnattributedDeps): Handler<"createClient"> =>
  async (call) => {
    const { body } = call;
    const outcome = await performAction(call, deps, (actionDeps) => registerClient(body, actionDeps));
    switch (outcome.kind) {
      case "right-lost":
        return toRefusal(outcome);
      case "registered":
        return { status: 201, body: viewOfClient(outcome.client), location: `/v1/clients/${outcome.client.id}` };
      default:
        return toFieldProblem(outcome);
    }
  };

type FieldRefused = Extract<
  UpdateClientOutcome,
  { readonly kind: "name-taken" | "name-invalid" | "metadata-invalid" | LimitTermsRefused["kind"] }
>;

function toFieldProblem(outcome: FieldRefused) {
  switch (outcome.kind) {
    case "name-taken":
      return {
        problem: "client-name-taken",
        detail: "Another client already has this name; choose a different one.",
      } as const;
    case "name-invalid":
      return invalidField("name", outcome.violation);
    case "metadata-invalid":
      return invalidField("metadata", outcome.violation);
    default:
      return toLimitsProblem(outcome);
  }
}

export const updateClient =
  (deps: UnattributedDeps): Handler<"updateClient"> =>
  async (call) => {
    const { path, header, body } = call;
    const ifMatch = checkIfMatch(header["If-Match"]);
    if (typeof ifMatch !== "string") return ifMatch;
    if (hasInvalidEnd(body.limits)) return END_INVALID;
    const isCurrent = createIsCurrent(ifMatch, viewOfClient);
    const edit = { id: path.clientId, update: { ...body, limits: toOverride(body.limits) }, isCurrent };
    const outcome = await performAction(call, deps, (actionDeps, currentKey) =>
      update(edit, toAuthority(currentKey), actionDeps),
    );
    switch (outcome.kind) {
      case "right-lost":
        return toRefusal(outcome);
      case "updated":
        return toVersionedReply(viewOfClient(outcome.client));
      case "client-unknown":
        return CLIENT_UNKNOWN;
      case "edit-conflict":
        return VERSION_OUTDATED;
      case "scope-not-grantable":
        return notGrantable(outcome.scopes);
      default:
        return toFieldProblem(outcome);
    }
  };

export const revokeClientKeys =
  (deps: UnattributedDeps): Handler<"revokeClientKeys"> =>
  async (call) => {
    const { path, body } = call;
    const reason = body?.reason ?? null;
    const outcome = await performAction(call, deps, (actionDeps) => revokeKeys(path.clientId, reason, actionDeps));
    switch (outcome.kind) {
      case "right-lost":
        return toRefusal(outcome);
      case "client-unknown":
        return CLIENT_UNKNOWN;
      case "revoked":
        return { status: 200, body: viewOfRevoked(outcome) };
    }
  };

export const disableClient =
  (deps: UnattributedDeps): Handler<"disableClient"> =>
  async (call) => {
    const { path } = call;
    return toReply(await performAction(call, deps, (actionDeps) => disable(path.clientId, actionDeps)));
  };

export const enableClient =
  (deps: UnattributedDeps): Handler<"enableClient"> =>
  async (call) => {
    const { path } = call;
    return toReply(
      await performAction(call, deps, (actionDeps, currentKey) =>
        enable(path.clientId, toAuthority(currentKey), actionDeps),
      ),
    );
  };

function toReply(outcome: DisableClientOutcome | RightLost) {
  switch (outcome.kind) {
    case "right-lost":
      return toRefusal(outcome);
    case "done":
      return { status: 200, body: viewOfClient(outcome.client) } as const;
    case "client-unknown":
      return CLIENT_UNKNOWN;
    case "scope-not-grantable":
      return notGrantable(outcome.scopes);
  }
}

export const listClients =
  ({ db }: Pick<ActionDeps, "db">): Handler<"listClients"> =>
  async ({ query }) => {
    const request = toPageRequest("clients", query);
    if (request === undefined) return CURSOR_UNKNOWN;
    const { items, nextCursor } = await listPage(db, request, { state: query.state, text: query.text });
    return { status: 200, body: { items: items.map(viewOfClient), nextCursor } };
  };

export const getClient =
  ({ db }: Pick<ActionDeps, "db">): Handler<"getClient"> =>
  async ({ path }) => {
    const client = await findClient(db, path.clientId);
    if (client === undefined) return CLIENT_UNKNOWN;
    return toVersionedReply(viewOfClient(client));
  };
