import { type List, type PageRequest, parseCursor } from "../../../store/page.ts";

export const CURSOR_UNKNOWN = {
  problem: "request-invalid",
  detail:
    "The cursor was not made by this service, or for another list; take it from nextCursor, or leave it out to start anew.",
  errors: [{ detail: "must be the nextCursor of an earlier page", pointer: "#/query/cursor" }],
} as const;

/** What a list operation's query asks for; undefined when its cursor is none of ours. */
export function toPageRequest(
  list: List,
  query: { readonly limit: number; readonly cursor?: string },
): PageRequest | undefined {
  const { limit, cursor } = query;
  if (cursor === undefined) return { limit };
  const before = parseCursor(list, cursor);
  return before === undefined ? undefined : { limit, before };
}
