/** Part of a list, newest first. */
export type Page<T> = {
  readonly items: readonly T[];
  /** Where the next page begins; null on the last. */
  readonly nextCursor: string | null;
};

/** The lists that have pages. A cursor of one list is not valid for another. */
export type List = keyof typeof LETTERS;

const LETTERS = { keys: "k", clients: "c", events: "e" } as const;

export type PageRequest = {
  /** The largest number of items, from 1. */
  readonly limit: number;
  /** The position of the `nextCursor` of the previous page; without it, the list is read from its start. */
  readonly before?: number;
};

/** Cursors are opaque to clients, so that their content can change. */
export function toCursor(list: List, seq: number): string {
  return Buffer.from(`${LETTERS[list]}${seq}`).toString("base64url");
}

/** The position that a cursor names; undefined when the service did not make it, or made it for another list. */
export function parseCursor(list: List, cursor: string): number | undefined {
  const [, digits] = /^[a-z]([1-9]\d{0,14})$/.exec(Buffer.from(cursor, "base64url").toString("latin1")) ?? [];
  if (digits === undefined || toCursor(list, Number(digits)) !== cursor) return undefined;
  return Number(digits);
}
