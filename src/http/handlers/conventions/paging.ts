import { type List, type PageRequest, parseCursor } from "../../../store/page.ts";

export const CURSOR_UNKNOWN = {
  problem: "request-invalid",
  detail:
    "The cursor does not belong to this list; use the nextCursor of an earlier page, or leave it out to start from the beginning.",
  errors: [{ detail: "must be the nextCursor of an earlier page", pointer: "#/query/cursor" }],
} as const;

/** The page that the query of a list operation asks for; undefined if its cursor is not valid. */
export function toPageRequest(
  list: List,
  query: { readonly limit: number; readonly cursor?: string },
): PageRequest | undefined {
  const { limit, cursor } = query;
  if (cursor === undefined) return { limit };
  const before = parseCursor(list, cursor);
  return before === undefined ? undefined : { limit, before };
}
