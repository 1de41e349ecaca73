import type { Selectable } from "kysely";
import type { AuditEventTable } from "../database/schema.ts";
import { toEvent } from "./audit.ts";
import type { AuditEvent } from "./audit-event.ts";

type EventRow = Selectable<AuditEventTable>;

/** A row of a file that other programs may have changed. */
export type UncheckedRow = Readonly<Record<keyof EventRow, unknown>>;

/** The event in the row, if it can be shown. Whether it was changed since it was written is for `verifyChain`. */
export function parseEvent(row: UncheckedRow): AuditEvent | undefined {
  if (!isEventRow(row)) return undefined;
  try {
    const event = toEvent(row);
    return isDetails(event.details) ? event : undefined;
  } catch {
    return undefined;
  }
}

function isEventRow(row: UncheckedRow): row is EventRow {
  const { seq, at, actor_key_id, actor_client_id, address, request_id, ...texts } = row;
  return (
    Number.isSafeInteger(seq) &&
    // `Date` cannot show a later or an earlier time.
    Math.abs(Number(at ?? Number.NaN)) <= LAST_DATE &&
    Object.values(texts).every(isText) &&
    [actor_key_id, actor_client_id, address, request_id].every((value) => value === null || isText(value))
  );
}

const LAST_DATE = 8.64e15;

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isDetails(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(isText);
}
