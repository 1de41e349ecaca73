import { foldHeaderName } from "./fold-header-name.ts";

/** Claims to be us, or about the way so far. Folded, as all that follows. */
const TOLD_FAMILIES = /^(?:xlatchkey|xforwarded)/;

/** Who calls, and how; proxies on the way say it, too. */
const TOLD_NAMES = [
  ...["Forwarded", "X-Real-IP", "X-Client-IP", "Client-IP", "True-Client-IP", "X-Cluster-Client-IP"],
  ...["CF-Connecting-IP", "Fastly-Client-IP", "X-Azure-ClientIP", "X-Envoy-Original-Path"],
  ...["X-Original-For", "X-Original-Proto", "X-Original-Host", "X-Original-Method", "X-Original-URI"],
  ...["X-Scheme", "X-Url-Scheme", "Front-End-Https"],
  ...["Remote-Addr", "Remote-Host", "Remote-User", "X-Remote-User", "X-Request-Id"],
].map((name) => name.toLowerCase());

const TOLD = foldAll(TOLD_NAMES);
const TOLD_SPELLING = /^x-(?:latchkey|forwarded)(?:-[a-z0-9]+)+$/;

/** What only a proxy in front of a server may tell it. */
const OBEYED_FAMILIES = /^(?:xaccel|xmiddleware|xhttpmethod)/;

const OBEYED = foldAll([
  // Another method, path or host than the one that was checked.
  ...["X-Method", "X-Method-Override", "X-Original-URL", "X-Rewrite-URL", "X-Rewrite-URI"],
  ...["X-HTTP-DestinationURL", "X-HTTP-Host-Override", "X-Host", "X-Matched-Path", "X-Invoke-Path"],
  ...["Request-URI", "Script-Name", "Path-Info", "Path-Translated", "X-Script-Name"],
  // CGI programs take it for the proxy that they are to use (CVE-2016-5385).
  "Proxy",
  // How files are sent in place of an answer; some frameworks read them from the request.
  ...["X-Sendfile", "X-Sendfile-Type", "X-Lighttpd-Send-File", "X-Reproxy-URL"],
]);

/** Headers of a client that no upstream sees, for some servers and frameworks obey them. */
export function isNeverPassedOn(folded: string): boolean {
  return isObeyed(folded) || isTold(folded);
}

/** Those of them with which a request becomes another one. No proxy says them when it asks whether a request may go on. */
export function isObeyed(folded: string): boolean {
  return OBEYED_FAMILIES.test(folded) || OBEYED.has(folded);
}

/** Does some server read `name`, in lower case, as one of the others, which proxies say as well, though no proxy spells it so? */
export function isMisspelt(name: string): boolean {
  return isTold(foldHeaderName(name)) && !TOLD_SPELLING.test(name) && !TOLD_NAMES.includes(name);
}

function isTold(folded: string): boolean {
  return TOLD_FAMILIES.test(folded) || TOLD.has(folded);
}

function foldAll(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map(foldHeaderName));
}
