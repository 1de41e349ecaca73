import type { ProblemCode } from "./codes.gen.ts";

/** The codes that settle by themselves, for every method, whether a call may be made again. */
const BY_CODE: { readonly [Code in ProblemCode]?: boolean } = {
  // Limits are taken before the body is read: nothing was done, and a refusal takes nothing.
  "rate-limited": true,
  "quota-exceeded": true,
  // No connection, so nothing was handed on.
  "upstream-unreachable": true,
  // None was free.
  "upstream-busy": true,
  // Only keys that are no good get this one, and waiting does not mend them.
  "too-many-failures": false,
};

/** Doing it twice is the same as doing it once (RFC 9110 §9.2.2). POST and PATCH are not among them. */
const IDEMPOTENT = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"];

/**
 * What passes. A 503 is among them for idempotent methods only, whatever its code: the proxies that stand before the
 * service say it too where a connection broke, and then the call may have been carried out. Not 500, which is a bug.
 */
const PASSING = [408, 429, 502, 503, 504];

/** May a call be made again that was answered like this, or not at all? */
export function isRepeatable(method: string, status: number | undefined, code: string | undefined): boolean {
  const settled = BY_CODE[code as ProblemCode];
  return settled ?? (IDEMPOTENT.includes(method) && (status === undefined || PASSING.includes(status)));
}
