/** Part of a list, newest first. */
export type Page<T> = {
  readonly items: readonly T[];
  /** Where the next page begins; null on the last. */
  readonly nextCursor: string | null;
};

/** The lists there are; a cursor of one is none of another. */
export type List = keyof typeof LETTERS;

const LETTERS = { keys: "k", clients: "c", events: "e" } as const;

export type PageRequest = {
  /** At most so many items, from 1. */
  readonly limit: number;
  /** The `nextCursor` of the page before; left out, the list is read from its start. */
  readonly before?: number;
};

/** Cursors are opaque to callers, so that what stands in them can change. */
export function toCursor(list: List, seq: number): string {
  return Buffer.from(`${LETTERS[list]}${seq}`).toString("base64url");
}

/** The place that a cursor names, or undefined when we never made it, or for another list. */
export function parseCursor(list: List, cursor: string): number | undefined {
  const [, digits] = /^[a-z]([1-9]\d{0,14})$/.exec(Buffer.from(cursor, "base64url").toString("latin1")) ?? [];
  if (digits === undefined || toCursor(list, Number(digits)) !== cursor) return undefined;
  return Number(digits);
}
