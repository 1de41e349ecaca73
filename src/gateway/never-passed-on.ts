import { foldHeaderName } from "../lib/fold-header-name.ts";

/** Claims to be us, or about the way so far; and what only a proxy in front of a server may tell it. Folded. */
const FAMILIES = /^(?:xlatchkey|xforwarded|xaccel|xmiddleware|xhttpmethod)/;

const NAMES = new Set(
  [
    // Who calls, and how.
    ...["Forwarded", "X-Real-IP", "X-Client-IP", "Client-IP", "True-Client-IP", "X-Cluster-Client-IP"],
    ...["CF-Connecting-IP", "Fastly-Client-IP", "X-Azure-ClientIP"],
    ...["X-Original-For", "X-Original-Proto", "X-Original-Host", "X-Scheme", "X-Url-Scheme", "Front-End-Https"],
    ...["Remote-Addr", "Remote-Host", "Remote-User", "X-Remote-User", "X-Request-Id"],
    // Another method, path or host than the one that was checked.
    ...["X-Method", "X-Envoy-Original-Path"],
    ...["X-Method-Override", "X-Original-Method", "X-Original-URL", "X-Original-URI", "X-Rewrite-URL", "X-Rewrite-URI"],
    ...["X-HTTP-DestinationURL", "X-HTTP-Host-Override", "X-Host", "X-Matched-Path", "X-Invoke-Path"],
    ...["Request-URI", "Script-Name", "Path-Info", "Path-Translated", "X-Script-Name"],
    // CGI programs take it for the proxy that they are to use (CVE-2016-5385).
    "Proxy",
    // How files are sent in place of an answer; some frameworks read them from the request.
    ...["X-Sendfile", "X-Sendfile-Type", "X-Lighttpd-Send-File", "X-Reproxy-URL"],
  ].map(foldHeaderName),
);

/** Headers of a client that no upstream sees, for some servers and frameworks obey them. */
export function isNeverPassedOn(folded: string): boolean {
  return FAMILIES.test(folded) || NAMES.has(folded);
}
