import { foldHeaderName } from "./fold-header-name.ts";

/** Headers that claim to come from this service or describe the route so far. All names here are folded. */
const PROXY_FAMILIES = /^(?:xlatchkey|xforwarded)/;

/** Headers in which a proxy says who calls, and how. */
const PROXY_NAMES = [
  ...["Forwarded", "X-Real-IP", "X-Client-IP", "Client-IP", "True-Client-IP", "X-Cluster-Client-IP"],
  ...["CF-Connecting-IP", "Fastly-Client-IP", "X-Azure-ClientIP", "X-Envoy-Original-Path"],
  ...["X-Original-For", "X-Original-Proto", "X-Original-Host", "X-Original-Method", "X-Original-URI"],
  ...["X-Scheme", "X-Url-Scheme", "Front-End-Https"],
  ...["Remote-Addr", "Remote-Host", "Remote-User", "X-Remote-User", "X-Request-Id"],
].map((name) => name.toLowerCase());

const PROXY_HEADERS = foldAll(PROXY_NAMES);
const PROXY_SPELLING = /^x-(?:latchkey|forwarded)(?:-[a-z0-9]+)+$/;

/** Headers with which a proxy gives orders to the server behind it. */
const OVERRIDE_FAMILIES = /^(?:xaccel|xmiddleware|xhttpmethod)/;

const OVERRIDE_HEADERS = foldAll([
  // They replace the method, path or host that was checked.
  ...["X-Method", "X-Method-Override", "X-Original-URL", "X-Rewrite-URL", "X-Rewrite-URI"],
  ...["X-HTTP-DestinationURL", "X-HTTP-Host-Override", "X-Host", "X-Matched-Path", "X-Invoke-Path"],
  ...["Request-URI", "Script-Name", "Path-Info", "Path-Translated", "X-Script-Name"],
  // CGI programs read it as the proxy they should use (CVE-2016-5385).
  "Proxy",
  // They name a file to send as the response; some frameworks read them from the request.
  ...["X-Sendfile", "X-Sendfile-Type", "X-Lighttpd-Send-File", "X-Reproxy-URL"],
]);

/** Must this header of a client never reach an upstream? Some servers and frameworks act on it. */
export function isNeverForwarded(folded: string): boolean {
  return isOverrideHeader(folded) || isProxyHeader(folded);
}

/** Headers that only the gateway may send: about limits, its own names, and how to reach it. */
const RESERVED = /^(?:x?ratelimit.*|x?latchkey.*|xrequestid|altsvc|stricttransportsecurity|xcontenttypeoptions)$/;

/** Does a client never get this header of an upstream? */
export function isNeverReturned(folded: string): boolean {
  return RESERVED.test(folded);
}

/** Could this header turn the request into a different one? A proxy that asks for forward auth never sends it. */
export function isOverrideHeader(folded: string): boolean {
  return OVERRIDE_FAMILIES.test(folded) || OVERRIDE_HEADERS.has(folded);
}

/** Would some server read `name` (in lower case) as a proxy header although no proxy spells it that way? */
export function isMisspelledProxyHeader(name: string): boolean {
  return isProxyHeader(foldHeaderName(name)) && !PROXY_SPELLING.test(name) && !PROXY_NAMES.includes(name);
}

function isProxyHeader(folded: string): boolean {
  return PROXY_FAMILIES.test(folded) || PROXY_HEADERS.has(folded);
}

function foldAll(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map(foldHeaderName));
}
