import { foldHeaderName } from "../../lib/http/fold-header-name.ts";
import { isKeptFromSharedCaches } from "./cache-control.ts";
import { HOP_BY_HOP, linesOf, namedByConnection, type RawHeaders } from "./header-lines.ts";

/** Headers that only the gateway may send: about limits, its own names, other origins, and how to reach it. */
const RESERVED =
  /^(?:x?ratelimit.*|x?latchkey.*|accesscontrol.*|xrequestid|altsvc|stricttransportsecurity|xcontenttypeoptions)$/;

/** Instructions for shared caches. `X-Accel-Buffering` is not one: it is about streaming. */
const FOR_SHARED_CACHES =
  /^(?:.*cdncachecontrol|surrogate.*|edgecontrol|xaccel(?!buffering$).*|xlitespeed.*|expires|pragma)$/;

/** The URL may contain the key, and an upstream must not let pages send it to other sites. */
const REFERRER_POLICY = "referrerpolicy";

/**
 * The headers of an upstream's response that are passed on to the client. Shared caches must not keep a response to a
 * request with a key: its Cache-Control is passed on only if it forbids that too, and no other instruction for them is.
 */
export function toClientHeaders(raw: RawHeaders, hasKey: boolean): [string, string][] {
  const lines = linesOf(raw);
  const dropped = new Set([...HOP_BY_HOP, ...namedByConnection(lines)]);
  const isKept = (folded: string) => {
    if (dropped.has(folded) || RESERVED.test(folded)) return false;
    return !hasKey || !(FOR_SHARED_CACHES.test(folded) || folded === REFERRER_POLICY || folded === "cachecontrol");
  };
  const kept = lines
    .filter(([name]) => isKept(foldHeaderName(name)))
    .map(([name, value]): [string, string] => [name, value]);
  return hasKey ? [...kept, ...cacheControlOf(lines, dropped)] : kept;
}

/** Several lines are one list (RFC 9110 §5.3), and are checked as one. */
function cacheControlOf(lines: ReturnType<typeof linesOf>, dropped: ReadonlySet<string>): [string, string][] {
  const values = lines.filter(([name]) => name.toLowerCase() === "cache-control").map(([, value]) => value);
  const whole = values.join(", ");
  return dropped.has("cachecontrol") || !isKeptFromSharedCaches(whole) ? [] : [["Cache-Control", whole]];
}

/** Such as `gzip, chunked`: only `chunked` is decoded, so the body would be passed on encoded and not labelled so. */
export function hasOtherCodings(raw: RawHeaders): boolean {
  const lines = linesOf(raw).filter(([name]) => name.toLowerCase() === "transfer-encoding");
  const codings = lines.map(([, value]) => value.trim().toLowerCase());
  return codings.length > 0 && codings.join(", ") !== "chunked";
}
