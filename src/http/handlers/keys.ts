import { issueKey } from "../../admin/keys/issue-key.ts";
import { type Revocation, revokeKey as revoke } from "../../admin/keys/revoke-key.ts";
import { updateKey as update } from "../../admin/keys/update-key.ts";
import { performAction, type UnattributedDeps } from "../../admin/perform-action.ts";
import { viewOfIssued, viewOfKey } from "../../admin/views.ts";
import type { ApiKey } from "../../keys/key.ts";
import { parseTimestamp } from "../../lib/time/clock.ts";
import { findKey } from "../../store/keys.ts";
import { isScopeOfKeys, listKeys as listPage } from "../../store/list-keys.ts";
import type { Handler } from "../reply/handler.ts";
import { notGrantable, toAuthority, toRefusal } from "./conventions/authority.ts";
import { findFilterClient } from "./conventions/client-filter.ts";
import { checkIfMatch, createIsCurrent, toVersionedReply, VERSION_OUTDATED } from "./conventions/if-match.ts";
import { invalidField, invalidParameter, MUST_BE_TIMESTAMP } from "./conventions/invalid-input.ts";
import { toTermsProblem } from "./conventions/key-terms.ts";
import { END_INVALID, hasInvalidEnd, toLimitsProblem, toOverride } from "./conventions/limit-override.ts";
import { CURSOR_UNKNOWN, toPageRequest } from "./conventions/paging.ts";
import { KEY_UNKNOWN } from "./key-lifecycle.ts";

export const createKey =
  (deps: UnattributedDeps): Handler<"createKey"> =>
  async (call) => {
    const { body } = call;
    const { clientId, name, scopes, environment, allowedIps, selfRotation, metadata } = body;
    const expiresAt = body.expiresAt === undefined ? null : parseTimestamp(body.expiresAt);
    if (expiresAt === undefined) return invalidField("expiresAt", MUST_BE_TIMESTAMP);

    const wanted = { client: clientId, name, scopes, environment, expiresAt, allowedIps, selfRotation, metadata };
    const outcome = await performAction(call, deps, (actionDeps, currentKey) =>
      issueKey(wanted, toAuthority(currentKey), actionDeps),
    );
    switch (outcome.kind) {
      case "right-lost":
        return toRefusal(outcome);
      case "issued":
        return {
          status: 201,
          body: viewOfIssued(outcome, deps.clock.now()),
          location: `/v1/keys/${outcome.key.id}`,
        };
      case "client-unknown":
        return invalidField("clientId", "must be the id or the name of an existing client; create it first");
      case "scope-not-grantable":
        return notGrantable(outcome.scopes);
      default:
        return toTermsProblem(outcome);
    }
  };

export const listKeys =
  ({ db, clock, scopes }: UnattributedDeps): Handler<"listKeys"> =>
  async ({ query }) => {
    const request = toPageRequest("keys", query);
    if (request === undefined) return CURSOR_UNKNOWN;
    const { clientId, state, environment, scope, lastFour, text } = query;
    const client = await findFilterClient(db, clientId);
    if ("problem" in client) return client;
    if (scope !== undefined && !(await isScopeOfKeys(db, scope, scopes))) {
      return invalidParameter("scope", `must be one of ${scopes.join(", ")}, or a scope that a key still has`);
    }
    const now = clock.now();
    const filter = { ...client, state, environment, scope, lastFour, text, now };
    const { items, nextCursor } = await listPage(db, request, filter);
    return { status: 200, body: { items: items.map((key) => viewOfKey(key, now)), nextCursor } };
  };

export const getKey =
  ({ db, clock }: UnattributedDeps): Handler<"getKey"> =>
  async ({ path }) => {
    const key = await findKey(db, path.keyId);
    return key ? toVersionedReply(viewOfKey(key, clock.now())) : KEY_UNKNOWN;
  };

export const updateKey =
  (deps: UnattributedDeps): Handler<"updateKey"> =>
  async (call) => {
    const { path, header, body } = call;
    const ifMatch = checkIfMatch(header["If-Match"]);
    if (typeof ifMatch !== "string") return ifMatch;
    const expiresAt = typeof body.expiresAt === "string" ? parseTimestamp(body.expiresAt) : body.expiresAt;
    if (body.expiresAt !== undefined && expiresAt === undefined) return invalidField("expiresAt", MUST_BE_TIMESTAMP);

    const now = deps.clock.now();
    const isCurrent = createIsCurrent<ApiKey>(ifMatch, (current) => viewOfKey(current, now));
    if (hasInvalidEnd(body.limits)) return END_INVALID;
    const changes = { ...body, expiresAt, limits: toOverride(body.limits) };
    const edit = { id: path.keyId, update: changes, isCurrent };
    const outcome = await performAction(call, deps, (actionDeps, currentKey) =>
      update(edit, toAuthority(currentKey), actionDeps),
    );
    switch (outcome.kind) {
      case "right-lost":
        return toRefusal(outcome);
      case "updated":
        return toVersionedReply(viewOfKey(outcome.key, now));
      case "key-unknown":
        return KEY_UNKNOWN;
      case "edit-conflict":
        return VERSION_OUTDATED;
      case "key-revoked":
        return { problem: "key-not-changeable", detail: "A revoked key cannot be changed; issue a new one." };
      case "scope-not-grantable":
        return notGrantable(outcome.scopes);
      case "plan-unknown":
      case "limits-invalid":
        return toLimitsProblem(outcome);
      default:
        return toTermsProblem(outcome);
    }
  };

export const revokeKey =
  (deps: UnattributedDeps): Handler<"revokeKey"> =>
  async (call) => {
    const { path, body } = call;
    const outcome = await performAction(call, deps, (actionDeps) => revoke(path.keyId, toRevocation(body), actionDeps));
    if (outcome.kind === "right-lost") return toRefusal(outcome);
    if (outcome.kind === "key-unknown") return KEY_UNKNOWN;
    return { status: 200, body: viewOfKey(outcome.key, deps.clock.now()) };
  };

function toRevocation(body: Parameters<Handler<"revokeKey">>[0]["body"]): Revocation {
  return { reason: body?.reason ?? null, keepSuccessors: body?.keepSuccessors ?? false };
}
