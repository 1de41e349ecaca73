import { foldHeaderName } from "../lib/http/fold-header-name.ts";
import { isKeptFromSharedCaches } from "./cache-control.ts";
import { HOP_BY_HOP, linesOf, namedByConnection, type RawHeaders } from "./header-lines.ts";

/** What an upstream cannot say in our place: limits, names of ours, who may read it from other sites, how it is reached. */
const NOT_THEIRS =
  /^(?:x?ratelimit.*|x?latchkey.*|accesscontrol.*|xrequestid|altsvc|stricttransportsecurity|xcontenttypeoptions)$/;

/** Words to shared caches, and to proxies that keep answers. `X-Accel-Buffering` is about the way, not about keeping. */
const TO_SHARED_CACHES =
  /^(?:.*cdncachecontrol|surrogate.*|edgecontrol|xaccel(?!buffering$).*|xlitespeed.*|expires|pragma)$/;

/** Where the key may be in the URL, no page may tell other sites that URL. */
const ABOUT_THE_URL = "referrerpolicy";

/**
 * The headers of an upstream's answer that go on to the client. Caches must not keep what a key opened, so there the
 * upstream's Cache-Control counts only when it says so too, and nothing else that is meant for caches goes on.
 */
export function toClientHeaders(raw: RawHeaders, isKeyed: boolean): [string, string][] {
  const lines = linesOf(raw);
  const dropped = new Set([...HOP_BY_HOP, ...namedByConnection(lines)]);
  const isKept = (folded: string) => {
    if (dropped.has(folded) || NOT_THEIRS.test(folded)) return false;
    return !isKeyed || !(TO_SHARED_CACHES.test(folded) || folded === ABOUT_THE_URL || folded === "cachecontrol");
  };
  const kept = lines
    .filter(([name]) => isKept(foldHeaderName(name)))
    .map(([name, value]): [string, string] => [name, value]);
  return isKeyed ? [...kept, ...cacheControlOf(lines, dropped)] : kept;
}

/** Several lines are one list (RFC 9110 §5.3), and are judged as one. */
function cacheControlOf(lines: ReturnType<typeof linesOf>, dropped: ReadonlySet<string>): [string, string][] {
  const values = lines.filter(([name]) => name.toLowerCase() === "cache-control").map(([, value]) => value);
  const whole = values.join(", ");
  return dropped.has("cachecontrol") || !isKeptFromSharedCaches(whole) ? [] : [["Cache-Control", whole]];
}

/** Such as `gzip, chunked`, of which only the last is undone: its content would go on encoded, and not say so. */
export function hasOtherCodings(raw: RawHeaders): boolean {
  const lines = linesOf(raw).filter(([name]) => name.toLowerCase() === "transfer-encoding");
  const codings = lines.map(([, value]) => value.trim().toLowerCase());
  return codings.length > 0 && codings.join(", ") !== "chunked";
}
