import type { DeedDeps } from "../../admin/deeds.ts";
import { viewOfEvent } from "../../admin/views.ts";
import { parseTimestamp } from "../../lib/clock.ts";
import { listEvents } from "../../store/audit.ts";
import type { Handler } from "../handler.ts";
import { CURSOR_UNKNOWN, toPageRequest } from "./paging.ts";

export const listAuditEvents =
  ({ db }: Pick<DeedDeps, "db">): Handler<"listAuditEvents"> =>
  async ({ query }) => {
    const request = toPageRequest(query);
    if (request === undefined) return CURSOR_UNKNOWN;
    const { action, clientId, keyId } = query;
    const [from, to] = [optionalInstant(query.from), optionalInstant(query.to)];
    if (from === null) return noInstant("from");
    if (to === null) return noInstant("to");

    const { items, nextCursor } = await listEvents(db, request, { action, clientId, keyId, from, to });
    return { status: 200, body: { items: items.map(viewOfEvent), nextCursor } };
  };

/** Null when `text` is none, such as a day that does not exist. */
function optionalInstant(text: string | undefined) {
  return text === undefined ? undefined : (parseTimestamp(text) ?? null);
}

function noInstant(name: "from" | "to") {
  const detail = "must be a date-time of RFC 3339, such as 2027-01-31T12:00:00Z";
  return {
    problem: "request-invalid",
    detail: `The parameter ${name} ${detail}.`,
    errors: [{ detail, pointer: `#/query/${name}` }],
  } as const;
}
