import { decodePercent } from "./decode.ts";

/** The cookies of a `Cookie` header, decoded (RFC 6265 §4.2.1); undefined if one comes twice or its encoding is broken. */
export function parseCookies(header: string): ReadonlyMap<string, string> | undefined {
  const cookies = new Map<string, string>();
  for (const pair of header.split(";")) {
    const at = pair.indexOf("=");
    if (at < 0) continue;
    const name = pair.slice(0, at).trim();
    const value = decodePercent(pair.slice(at + 1).trim());
    if (value === undefined || cookies.has(name)) return undefined;
    cookies.set(name, value);
  }
  return cookies;
}
