import { act } from "../../admin/act.ts";
import type { DeedDeps } from "../../admin/deeds.ts";
import { issueKey } from "../../admin/issue-key.ts";
import * as deeds from "../../admin/revoke-key.ts";
import { viewOfKey } from "../../admin/views.ts";
import { parseTimestamp } from "../../lib/clock.ts";
import * as keys from "../../store/keys.ts";
import type { Handler, Reply } from "../handler.ts";
import { toRefusal } from "./acting.ts";
import { CURSOR_UNKNOWN, toPageRequest } from "./paging.ts";

export const createKey =
  (deps: DeedDeps): Handler<"createKey"> =>
  async ({ body, key }) => {
    const { clientId, name, scopes, environment, metadata } = body;
    const expiresAt = body.expiresAt === undefined ? null : parseTimestamp(body.expiresAt);
    if (expiresAt === undefined)
      return invalid("expiresAt", "must be a date-time of RFC 3339, such as 2027-01-31T12:00:00Z");

    const wanted = { client: clientId, name, scopes, environment, expiresAt, metadata };
    const actor = { kind: "key", scopes: key.scopes } as const;
    const outcome = await act(key, deps, (inside) => issueKey(wanted, actor, inside));
    switch (outcome.kind) {
      case "actor-refused":
        return toRefusal(key, outcome);
      case "issued":
        return {
          status: 201,
          body: { key: viewOfKey(outcome.key, deps.clock.now()), secret: outcome.secret },
          location: `/v1/keys/${outcome.key.id}`,
        };
      case "client-unknown":
        return invalid("clientId", "must be the id or the name of a client that exists; register it first");
      case "scope-unknown":
        return invalid(`scopes/${outcome.index}`, `must be one of ${outcome.known.join(", ")}`);
      case "expiry-past":
        return invalid("expiresAt", "must lie ahead");
      case "scope-not-grantable":
        return {
          problem: "scope-not-grantable",
          detail: `Your key can grant these scopes only if it holds them itself: ${outcome.scopes.join(", ")}.`,
        };
    }
  };

export const listKeys =
  ({ db, clock }: DeedDeps): Handler<"listKeys"> =>
  async ({ query }) => {
    const request = toPageRequest(query);
    if (request === undefined) return CURSOR_UNKNOWN;
    const { items, nextCursor } = await keys.listKeys(db, request);
    const now = clock.now();
    return { status: 200, body: { items: items.map((key) => viewOfKey(key, now)), nextCursor } };
  };

export const getKey =
  ({ db, clock }: DeedDeps): Handler<"getKey"> =>
  async ({ path }) => {
    const key = await keys.findKey(db, path.keyId);
    return key ? { status: 200, body: viewOfKey(key, clock.now()) } : KEY_UNKNOWN;
  };

export const revokeKey =
  (deps: DeedDeps): Handler<"revokeKey"> =>
  async ({ path, body, key }) => {
    const outcome = await act(key, deps, (inside) => deeds.revokeKey(path.keyId, body?.reason ?? null, inside));
    if (outcome.kind === "actor-refused") return toRefusal(key, outcome);
    if (outcome.kind === "key-unknown") return KEY_UNKNOWN;
    return { status: 200, body: viewOfKey(outcome.key, deps.clock.now()) };
  };

const KEY_UNKNOWN = { problem: "not-found", detail: "There is no key with this id." } as const;

function invalid(field: string, detail: string): Reply<"createKey"> {
  return {
    problem: "request-invalid",
    detail: `The field ${field} ${detail}.`,
    errors: [{ detail, pointer: `#/${field}` }],
  };
}
