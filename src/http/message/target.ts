import { isWellEncoded } from "../../lib/http/percent.ts";
import { HOST } from "./framing.ts";

/** Whether this is an unambiguous path, perhaps with a query. */
export function isOriginForm(target: string): boolean {
  return ORIGIN_FORM.test(target) && !target.includes("#") && isWellEncoded(target) && hasFewParameters(target);
}

/**
 * RFC 9112 §3.2.1: the characters of RFC 3986, and those that some clients do not encode; only ASCII, as Node rejects
 * the rest. No backslash in the path, which the WHATWG URL Standard reads as a slash, and no control characters, which
 * it removes.
 */
const ORIGIN_FORM = /^\/[!->@-[\]-~]*(?:\?[!-~]*)?$/;

/**
 * The target of a request in origin-form: `http://host/path?query` means the same as `/path?query` (RFC 9112 §3.2.2).
 * @returns undefined for a target that cannot be served here.
 */
export function toOriginForm(target: string, method: string): string | undefined {
  // Means the server as a whole, which only OPTIONS may (RFC 9112 §3.2.4).
  if (target === "*") return method === "OPTIONS" ? target : undefined;
  if (target.startsWith("/")) return isOriginForm(target) ? target : undefined;
  const [, host = "", rest = ""] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(target) ?? [];
  const path = rest.startsWith("/") ? rest : `/${rest}`;
  return HOST.test(host) && isOriginForm(path) ? path : undefined;
}

/** Parameters are parsed before the key is checked, and 16 KB of them took ten milliseconds. */
const MAX_PARAMETERS = 1_000;

function hasFewParameters(target: string): boolean {
  let count = 1;
  for (let at = target.indexOf("&"); at >= 0 && count <= MAX_PARAMETERS; at = target.indexOf("&", at + 1)) count++;
  return count <= MAX_PARAMETERS;
}

/** The path of an origin-form target, as it was sent. */
export function pathOf(target: string): string {
  const at = target.indexOf("?");
  return at < 0 ? target : target.slice(0, at);
}

/** The values of the query parameter `name`, decoded. */
export function queryValues(query: string, name: string): readonly string[] {
  return mayHaveParameter(query, name) ? new URLSearchParams(query).getAll(name) : [];
}

/** Whether a parsed query may have this name. Without it, most queries need not be parsed to look for a key. */
function mayHaveParameter(query: string, name: string): boolean {
  if (query === "") return false;
  for (let start = 0; start <= query.length; ) {
    const end = query.indexOf("&", start);
    const pair = query.slice(start, end < 0 ? undefined : end);
    if (isNamed(pair, [name])) return true;
    if (end < 0) return false;
    start = end + 1;
  }
  return false;
}

/** `target` without the query parameters `names`; everything else stays exactly as it was sent. */
export function withoutParameters(target: string, names: readonly string[]): string {
  const query = queryOf(target);
  if (query === "") return target;
  const kept = query.split("&").filter((pair) => !isNamed(pair, names));
  return kept.length === 0 ? pathOf(target) : `${pathOf(target)}?${kept.join("&")}`;
}

/** Whether the parameter has one of these names. In doubt, yes: what others could read as a key must be removed. */
function isNamed(pair: string, names: readonly string[]): boolean {
  const at = pair.indexOf("=");
  const name = at < 0 ? pair : pair.slice(0, at);
  // Nearly all names have nothing to decode, and decoding takes ten times as long.
  if (!/[%+?]/.test(name)) return names.includes(name);
  const decoded = new URLSearchParams(pair);
  return names.some((one) => decoded.has(one));
}

export function queryOf(target: string): string {
  const at = target.indexOf("?");
  return at < 0 ? "" : target.slice(at + 1);
}
