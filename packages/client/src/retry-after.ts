/**
 * The wait that a response asks for in `Retry-After` (RFC 9110 §10.2.3), if any. A date is compared with the response's
 * own `Date`, because the clocks of client and server differ.
 */
export function retryAfterMs(headers: Headers): number | undefined {
  const text = headers.get("retry-after");
  if (text === null) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text) * 1000;

  const ms = Date.parse(text) - Date.parse(headers.get("date") ?? "");
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
