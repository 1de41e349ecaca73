import type { Selectable } from "kysely";
import type { AuditEventTable } from "../database/schema.ts";
import { toEvent } from "./audit.ts";
import type { AuditEvent } from "./audit-event.ts";

/** A row as it may be in a file that was changed past the service. */
export type UncheckedRow = Readonly<Record<keyof Selectable<AuditEventTable>, unknown>>;

/** The event in the row, if it can be shown. Whether it is what was written, `verifyChain` tells. */
export function parseEvent(row: UncheckedRow): AuditEvent | undefined {
  const { seq, at, actor_key_id, actor_client_id, address, request_id, ...texts } = row;
  const isSound =
    Number.isSafeInteger(seq) &&
    // Later or earlier ones cannot be written as a date.
    Math.abs(Number(at ?? Number.NaN)) <= LAST_DATE &&
    Object.values(texts).every(isText) &&
    [actor_key_id, actor_client_id, address, request_id].every((value) => value === null || isText(value));
  if (!isSound) return undefined;
  try {
    // Each column was looked at.
    const event = toEvent(row as Selectable<AuditEventTable>);
    return isDetails(event.details) ? event : undefined;
  } catch {
    return undefined;
  }
}

const LAST_DATE = 8.64e15;

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isDetails(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(isText);
}
