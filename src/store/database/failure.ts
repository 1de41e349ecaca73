/** The store cannot answer: it is locked, full, broken or gone. Nothing was decided; trying later may help. */
export class StoreFailure extends Error {
  readonly isBusy: boolean;

  constructor(message: string, options: { readonly cause: unknown; readonly isBusy: boolean }) {
    super(message, { cause: options.cause });
    this.isBusy = options.isBusy;
  }
}

// Primary result codes of SQLite that mean a mistake of ours in the statement, not an outage of the store.
const MISTAKES = new Set([1 /* ERROR */, 19 /* CONSTRAINT */, 20 /* MISMATCH */, 21 /* MISUSE */, 25 /* RANGE */]);
const CLOSED = 0;
const DAMAGE = new Set([11 /* CORRUPT */, 26 /* NOTADB */]);
const BUSY = new Set([5 /* BUSY */, 6 /* LOCKED */]);

/** What SQLite threw, as a StoreFailure unless the statement itself is wrong. */
export function toStoreError(cause: unknown): unknown {
  const primary = primaryCodeOf(cause);
  if (primary === undefined || MISTAKES.has(primary)) return cause;
  return new StoreFailure("The store cannot answer.", { cause, isBusy: isLocked(cause) });
}

/** Did SQLite throw `error` because another connection holds a lock? */
export function isLocked(error: unknown): boolean {
  return BUSY.has(primaryCodeOf(error) ?? CLOSED);
}

/** Did SQLite throw `error` because the file is damaged, or no database? */
export function isDamage(error: unknown): boolean {
  return DAMAGE.has(primaryCodeOf(error) ?? CLOSED);
}

/** SQLite's primary result code of an error, 0 for a closed database, undefined when it is not SQLite's. */
export function primaryCodeOf(error: unknown): number | undefined {
  const { code, errcode } = error as { readonly code?: string; readonly errcode?: number };
  if (code === "ERR_INVALID_STATE") return CLOSED;
  return errcode === undefined ? undefined : errcode & 0xff;
}
