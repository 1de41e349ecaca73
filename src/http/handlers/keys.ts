import { type ActDeps, act } from "../../admin/act.ts";
import { issueKey } from "../../admin/issue-key.ts";
import * as deeds from "../../admin/revoke-key.ts";
import { viewOfIssued, viewOfKey } from "../../admin/views.ts";
import { parseTimestamp } from "../../lib/clock.ts";
import * as keys from "../../store/keys.ts";
import type { Handler } from "../handler.ts";
import { notGrantable, toActor, toRefusal } from "./acting.ts";
import { invalidField, NO_INSTANT } from "./invalid.ts";
import { CURSOR_UNKNOWN, toPageRequest } from "./paging.ts";
import { KEY_UNKNOWN } from "./rotation.ts";

export const createKey =
  (deps: ActDeps): Handler<"createKey"> =>
  async (call) => {
    const { body, key } = call;
    const { clientId, name, scopes, environment, allowedIps, selfRotation, metadata } = body;
    const expiresAt = body.expiresAt === undefined ? null : parseTimestamp(body.expiresAt);
    if (expiresAt === undefined) return invalidField("expiresAt", NO_INSTANT);

    const wanted = { client: clientId, name, scopes, environment, expiresAt, allowedIps, selfRotation, metadata };
    const outcome = await act(call, deps, (inside) => issueKey(wanted, toActor(key), inside));
    switch (outcome.kind) {
      case "actor-refused":
        return toRefusal(key, outcome);
      case "issued":
        return {
          status: 201,
          body: viewOfIssued(outcome, deps.clock.now()),
          location: `/v1/keys/${outcome.key.id}`,
        };
      case "client-unknown":
        return invalidField("clientId", "must be the id or the name of a client that exists; register it first");
      case "scope-unknown":
        return invalidField(`scopes/${outcome.index}`, `must be one of ${outcome.known.join(", ")}`);
      case "expiry-past":
        return invalidField("expiresAt", "must lie ahead");
      case "network-invalid":
        return invalidField(
          `allowedIps/${outcome.index}`,
          "must be a CIDR range such as 203.0.113.0/24, its host bits zero",
        );
      case "scope-not-grantable":
        return notGrantable(outcome.scopes);
    }
  };

export const listKeys =
  ({ db, clock }: ActDeps): Handler<"listKeys"> =>
  async ({ query }) => {
    const request = toPageRequest(query);
    if (request === undefined) return CURSOR_UNKNOWN;
    const { items, nextCursor } = await keys.listKeys(db, request);
    const now = clock.now();
    return { status: 200, body: { items: items.map((key) => viewOfKey(key, now)), nextCursor } };
  };

export const getKey =
  ({ db, clock }: ActDeps): Handler<"getKey"> =>
  async ({ path }) => {
    const key = await keys.findKey(db, path.keyId);
    return key ? { status: 200, body: viewOfKey(key, clock.now()) } : KEY_UNKNOWN;
  };

export const revokeKey =
  (deps: ActDeps): Handler<"revokeKey"> =>
  async (call) => {
    const { path, body, key } = call;
    const outcome = await act(call, deps, (inside) => deeds.revokeKey(path.keyId, toRevocation(body), inside));
    if (outcome.kind === "actor-refused") return toRefusal(key, outcome);
    if (outcome.kind === "key-unknown") return KEY_UNKNOWN;
    return { status: 200, body: viewOfKey(outcome.key, deps.clock.now()) };
  };

function toRevocation(body: Parameters<Handler<"revokeKey">>[0]["body"]): deeds.Revocation {
  return { reason: body?.reason ?? null, keepSuccessors: body?.keepSuccessors ?? false };
}
