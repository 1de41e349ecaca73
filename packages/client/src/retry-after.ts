/**
 * For how many milliseconds an answer asks to wait (RFC 9110 §10.2.3); undefined when it does not. A date is held against
 * the answer's own, for clocks differ.
 */
export function retryAfterMs(headers: Headers): number | undefined {
  const text = headers.get("retry-after");
  if (text === null) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text) * 1000;

  const ms = Date.parse(text) - Date.parse(headers.get("date") ?? "");
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
