/** Headers of every response, pages too; a later stage may overwrite them. */
const ALWAYS = {
  // Without it, caches may store responses to requests with x-api-key: only Authorization prevents that (RFC 9111 §3.5).
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  // An operation may take its key in the URL; other sites must not learn that URL.
  "Referrer-Policy": "no-referrer",
} as const;

const OVER_TLS = {
  ...ALWAYS,
  // A year, as RFC 6797 §6.1 and the preload lists of browsers ask. In clear text it has no effect (RFC 6797 §7.2).
  "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
} as const;

/** @param isTls the client speaks TLS, with this service or with a trusted proxy. */
export function safeHeaders(isTls: boolean): Readonly<Record<string, string>> {
  return isTls ? OVER_TLS : ALWAYS;
}
