import type { ActionDeps } from "../../admin/actions.ts";
import { viewOfEvent } from "../../admin/views.ts";
import { commandText } from "../../lib/command-text.ts";
import { parseTimestamp } from "../../lib/time/clock.ts";
import { listEvents } from "../../store/audit/list-events.ts";
import type { Handler } from "../reply/handler.ts";
import { invalidParameter, MUST_BE_TIMESTAMP } from "./conventions/invalid-input.ts";
import { CURSOR_UNKNOWN, toPageRequest } from "./conventions/paging.ts";

export const listAuditEvents =
  ({ db }: Pick<ActionDeps, "db">): Handler<"listAuditEvents"> =>
  async ({ query }) => {
    const request = toPageRequest("events", query);
    if (request === undefined) return CURSOR_UNKNOWN;
    const { action, clientId, keyId } = query;
    const [from, to] = [optionalInstant(query.from), optionalInstant(query.to)];
    if (from === null) return invalidParameter("from", MUST_BE_TIMESTAMP);
    if (to === null) return invalidParameter("to", MUST_BE_TIMESTAMP);

    const { items, damaged, nextCursor } = await listEvents(db, request, { action, clientId, keyId, from, to });
    // A page without the damaged events would hide them.
    if (damaged.length > 0)
      throw new Error(`Audit events are damaged (${damaged.join(", ")}): run: ${commandText("audit verify")}.`);
    return { status: 200, body: { items: items.map(viewOfEvent), nextCursor } };
  };

/** Null if `text` is not a valid instant, for example on a day that does not exist. */
function optionalInstant(text: string | undefined) {
  return text === undefined ? undefined : (parseTimestamp(text) ?? null);
}
