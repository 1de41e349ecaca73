import { isNativeError } from "node:util/types";

/** The store is unavailable: locked, full, damaged or gone. Nothing was decided, so a later attempt may succeed. */
export class StoreFailure extends Error {
  override readonly cause: Error;
  readonly isBusy: boolean;

  constructor(message: string, { cause, isBusy }: { readonly cause: Error; readonly isBusy: boolean }) {
    super(message);
    this.cause = cause;
    this.isBusy = isBusy;
  }
}

/** Shown for every failure: the cause is for the log. */
export const UNAVAILABLE = "The store is unavailable.";

// Primary result codes of SQLite that mean a bug in the statement, not an outage of the store.
const BUGS = new Set([1 /* ERROR */, 19 /* CONSTRAINT */, 20 /* MISMATCH */, 21 /* MISUSE */, 25 /* RANGE */]);
const CLOSED = 0;
const NOT_A_DATABASE = 26;
const DAMAGE = new Set([11 /* CORRUPT */, NOT_A_DATABASE]);
const BUSY = new Set([5 /* BUSY */, 6 /* LOCKED */]);

/** An error of SQLite as a StoreFailure, unless the statement itself is wrong. */
export function toStoreError(cause: unknown): unknown {
  const primary = primaryCodeOf(cause);
  if (primary === undefined || BUGS.has(primary)) return cause;
  return unavailable(cause);
}

/** The failure of a store that cannot be reached because of `cause`. */
export function unavailable(cause: unknown): StoreFailure {
  const error = isNativeError(cause) ? cause : new Error(String(cause));
  return new StoreFailure(UNAVAILABLE, { cause: error, isBusy: isLocked(error) });
}

/** Did SQLite throw `error` because another connection holds a lock? */
export function isLocked(error: unknown): boolean {
  return BUSY.has(primaryCodeOf(error) ?? CLOSED);
}

/** Did SQLite throw `error` because the file is damaged, or is not a database? */
export function isDamage(error: unknown): boolean {
  return DAMAGE.has(primaryCodeOf(error) ?? CLOSED);
}

/** Did SQLite throw `error` because the file does not even begin like a database? */
export function isNotADatabase(error: unknown): boolean {
  return primaryCodeOf(error) === NOT_A_DATABASE;
}

/** SQLite's primary result code of an error, 0 for a closed database, undefined when the error is not SQLite's. */
export function primaryCodeOf(error: unknown): number | undefined {
  const { code, errcode } = errorFactsOf(error);
  if (code === "ERR_INVALID_STATE") return CLOSED;
  return errcode === undefined ? undefined : errcode & 0xff;
}

export type ErrorFacts = {
  /** Node's or the system's code, such as `ENOENT`; empty where there is none. */
  readonly code: string;
  /** SQLite's extended result code. */
  readonly errcode: number | undefined;
  readonly message: string;
};

/** What a thrown value says about itself. */
export function errorFactsOf(error: unknown): ErrorFacts {
  const { code, errcode, message } = Object(error);
  return {
    code: typeof code === "string" ? code : "",
    errcode: typeof errcode === "number" ? errcode : undefined,
    message: typeof message === "string" ? message : String(error),
  };
}
