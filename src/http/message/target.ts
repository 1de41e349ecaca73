import type { IncomingMessage } from "node:http";
import { isWellEncoded } from "../../lib/http/percent.ts";
import { HOST } from "./framing.ts";

const INVALID = new WeakSet<object>();

/**
 * Gives the target of a request its one spelling, origin-form, before Express looks at it: Express does not let any
 * step see a target that it cannot read.
 */
export function normalizeTarget(req: IncomingMessage) {
  const target = toOriginForm(req.url ?? "", req.method);
  if (target === undefined) INVALID.add(req);
  req.url = target ?? "/";
  // An Express app around this one has kept the other spelling.
  Object.assign(req, { originalUrl: req.url });
}

/** Did the request name a target that is one? */
export function hasValidTarget(req: object): boolean {
  return !INVALID.has(req);
}

/** Is this a path, perhaps with a query, that says what it means? */
export function isOriginForm(target: string): boolean {
  return ORIGIN_FORM.test(target) && !target.includes("#") && isWellEncoded(target) && hasFewParameters(target);
}

/**
 * RFC 9112 §3.2.1: the characters of RFC 3986 and those that some clients leave as they are; none but ASCII, which Node
 * refuses by itself. No backslash in the path, which the WHATWG URL Standard reads as a slash, and no controls, which it
 * takes out.
 */
const ORIGIN_FORM = /^\/[!->@-[\]-~]*(?:\?[!-~]*)?$/;

/** `http://host/path?query` means the same as `/path?query` (RFC 9112 §3.2.2); undefined when it is no target for us. */
function toOriginForm(target: string, method: string | undefined): string | undefined {
  // Asks about the server as a whole, which only OPTIONS can (RFC 9112 §3.2.4).
  if (target === "*") return method === "OPTIONS" ? target : undefined;
  if (target.startsWith("/")) return isOriginForm(target) ? target : undefined;
  const [, host = "", rest = ""] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(target) ?? [];
  const path = rest.startsWith("/") ? rest : `/${rest}`;
  return HOST.test(host) && isOriginForm(path) ? path : undefined;
}

/** Parameters are read before it is known whose request it is: 16 KB of them took ten milliseconds. */
const MOST_PARAMETERS = 1_000;

function hasFewParameters(target: string): boolean {
  let count = 1;
  for (let at = target.indexOf("&"); at >= 0 && count <= MOST_PARAMETERS; at = target.indexOf("&", at + 1)) count++;
  return count <= MOST_PARAMETERS;
}

/** The path of an origin-form target, as it was sent. */
export function pathOf(target: string): string {
  const at = target.indexOf("?");
  return at < 0 ? target : target.slice(0, at);
}

/** The values of the query parameter `name`, decoded. */
export function queryValues(target: string, name: string): readonly string[] {
  return new URLSearchParams(queryOf(target)).getAll(name);
}

/** `target` without the query parameters `names`; everything else stays as it was sent, to the letter. */
export function withoutParameters(target: string, names: readonly string[]): string {
  const query = queryOf(target);
  if (query === "") return target;
  const kept = query.split("&").filter((pair) => !isNamed(pair, names));
  return kept.length === 0 ? pathOf(target) : `${pathOf(target)}?${kept.join("&")}`;
}

/** Does one parameter have one of these names? In doubt it has: what is taken away then would be read as a key. */
function isNamed(pair: string, names: readonly string[]): boolean {
  const at = pair.indexOf("=");
  const name = at < 0 ? pair : pair.slice(0, at);
  // Nearly all names mean what they say; decoding takes ten times as long.
  if (!/[%+?]/.test(name)) return names.includes(name);
  const decoded = new URLSearchParams(pair);
  return names.some((one) => decoded.has(one));
}

export function queryOf(target: string): string {
  const at = target.indexOf("?");
  return at < 0 ? "" : target.slice(at + 1);
}
