import type { ProblemCode } from "./codes.gen.ts";

/** Codes that decide whether a call may be retried, whatever its method. */
const BY_CODE: { readonly [Code in ProblemCode]?: boolean } = {
  // Limits are checked before the body is read: nothing was carried out, and a refusal costs nothing.
  "rate-limited": true,
  "quota-exceeded": true,
  // There was no connection, so nothing was forwarded.
  "upstream-unreachable": true,
  // No connection was free, so nothing was forwarded.
  "upstream-busy": true,
  // Only invalid keys get this code, and waiting does not make them valid.
  "too-many-failures": false,
};

/** The idempotent methods (RFC 9110 §9.2.2). POST and PATCH are not idempotent. */
const IDEMPOTENT = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"];

/**
 * Statuses of temporary failures, for idempotent methods only. Proxies in front of the service also send 503 when a
 * connection broke, and then the call may have been carried out. 500 is a bug and would fail again.
 */
const TRANSIENT = [408, 429, 502, 503, 504];

/** Whether a call with this response may be retried. `status` is undefined if there was no response. */
export function isRetryable(method: string, status: number | undefined, code: string | undefined): boolean {
  const decided = BY_CODE[code as ProblemCode];
  return decided ?? (IDEMPOTENT.includes(method) && (status === undefined || TRANSIENT.includes(status)));
}
