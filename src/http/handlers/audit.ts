import type { ActionDeps } from "../../admin/actions.ts";
import { viewOfEvent } from "../../admin/views.ts";
import { parseTimestamp } from "../../lib/time/clock.ts";
import { listEvents } from "../../store/audit/list-events.ts";
import type { Handler } from "../reply/handler.ts";
import { invalidParameter, NO_INSTANT } from "./conventions/invalid-input.ts";
import { CURSOR_UNKNOWN, toPageRequest } from "./conventions/paging.ts";

export const listAuditEvents =
  ({ db }: Pick<ActionDeps, "db">): Handler<"listAuditEvents"> =>
  async ({ query }) => {
    const request = toPageRequest("events", query);
    if (request === undefined) return CURSOR_UNKNOWN;
    const { action, clientId, keyId } = query;
    const [from, to] = [optionalInstant(query.from), optionalInstant(query.to)];
    if (from === null) return invalidParameter("from", NO_INSTANT);
    if (to === null) return invalidParameter("to", NO_INSTANT);

    const { items, damaged, nextCursor } = await listEvents(db, request, { action, clientId, keyId, from, to });
    // A page without them would hide that something happened.
    if (damaged.length > 0)
      throw new Error(`Audit events are damaged (${damaged.join(", ")}): run latchkey audit verify.`);
    return { status: 200, body: { items: items.map(viewOfEvent), nextCursor } };
  };

/** Null when `text` is none, such as a day that does not exist. */
function optionalInstant(text: string | undefined) {
  return text === undefined ? undefined : (parseTimestamp(text) ?? null);
}
