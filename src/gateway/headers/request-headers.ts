import { containsKey } from "../../auth/other-credentials.ts";
import { identityHeaders } from "../../keys/identity-headers.ts";
import type { ApiKey } from "../../keys/key.ts";
import { foldHeaderName } from "../../lib/http/fold-header-name.ts";
import { isNeverForwarded } from "../../lib/http/never-forwarded.ts";
import type { Caller, CheckedHeader } from "../upstream-port.ts";
import { HOP_BY_HOP, memoizeByName, namedByConnection, type RawHeaders } from "./header-lines.ts";

/** Headers that the gateway sets itself, whatever the client sends. */
const SET_BY_GATEWAY = ["host", "content-length", "expect", "via", "x-request-id"].map(foldHeaderName);

/** Earlier stages have relied on these headers, so they are passed on, and no other spelling of their names is. */
const EXACT = [
  "content-type",
  "content-encoding",
  "authorization",
  "cookie",
  "origin",
  "sec-websocket-key",
  "sec-websocket-version",
] as const;

type Decision = "keep" | "drop" | "connection" | "host" | (typeof EXACT)[number];

/** What the body of a request is: its headers follow from that. */
export type BodyKind = "none" | "read" | "streamed";

/** How the headers for an upstream are made, for the requests of one operation. */
export type HeaderRules = {
  /** What happens to a header of the client. */
  readonly decisionOf: (name: string) => Decision;
  /** The same for a header parameter, whose value was checked. */
  readonly decisionOfChecked: (name: string) => Decision;
};

type Names = {
  /** Headers that are not passed on, such as those that carry keys. */
  readonly removed: readonly string[];
  /** The header parameters of the operation. */
  readonly checked: readonly string[];
  /** Headers besides Authorization that may hold a credential for the upstream instead of a key, in lower case. */
  readonly credentials: readonly string[];
};

export function createHeaderRules({ removed, checked, credentials }: Names): HeaderRules {
  const dropped = new Set([...HOP_BY_HOP, ...SET_BY_GATEWAY, ...removed.map(foldHeaderName)]);
  const declared = new Set(checked.map(foldHeaderName));
  const isAllowed = (folded: string) => !dropped.has(folded) && !isNeverForwarded(folded);

  const decideExact = (name: string, folded: string): Decision => {
    const exact = [...EXACT, ...credentials].find((one) => foldHeaderName(one) === folded);
    if (exact === undefined) return "keep";
    if (name.toLowerCase() !== exact) return "drop";
    return credentials.includes(exact) ? "authorization" : (EXACT.find((one) => one === exact) ?? "authorization");
  };
  return {
    decisionOf: memoizeByName((name) => {
      const folded = foldHeaderName(name);
      const lower = name.toLowerCase();
      if (lower === "connection" || lower === "host") return lower;
      return isAllowed(folded) && !declared.has(folded) ? decideExact(name, folded) : "drop";
    }),
    decisionOfChecked: memoizeByName((name) => {
      const folded = foldHeaderName(name);
      return isAllowed(folded) ? (EXACT.find((one) => one === name.toLowerCase()) ?? "keep") : "drop";
    }),
  };
}

type ClientHeaders = {
  readonly rawHeaders: RawHeaders;
  /** Headers that an earlier stage took out of the request, in lower case. */
  readonly removedHeaders: ReadonlySet<string>;
  readonly checkedHeaders: readonly CheckedHeader[];
  readonly body: BodyKind;
};

/**
 * The headers for the upstream: those of the client, without the ones about its connection or its key, and without
 * names that the gateway sets; then the checked parameters, one line each, even if `Connection` names them; then the
 * gateway's own.
 * @returns name, value, name, value, …
 */
export function toUpstreamHeaders(client: ClientHeaders, rules: HeaderRules, caller: Caller): string[] {
  const { kept, host } = keptHeaders(client, rules);
  for (const [name, value] of client.checkedHeaders) {
    const decision = rules.decisionOfChecked(name);
    if (value !== undefined && decision !== "drop" && isForBody(decision, client.body)) kept.push(name, value);
  }
  addCallerHeaders(kept, caller);
  kept.push("X-Forwarded-For", caller.address, "X-Forwarded-Proto", caller.isTls ? "https" : "http");
  if (host !== undefined) kept.push("X-Forwarded-Host", host);
  kept.push("Via", "1.1 latchkey");
  return kept;
}

function keptHeaders({ rawHeaders, removedHeaders, body }: ClientHeaders, { decisionOf }: HeaderRules) {
  const kept: string[] = [];
  let named: readonly string[] = [];
  let host: string | undefined;
  let hasType = false;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = "", value = ""] = [rawHeaders[index], rawHeaders[index + 1]];
    const decision = decisionOf(name);
    if (decision === "drop" || (removedHeaders.size > 0 && removedHeaders.has(lowerOf(name)))) continue;
    if (decision === "connection") named = [...named, ...namedByConnection(value)];
    else if (decision === "host") host ??= value;
    else if (decision === "keep" || isKept(decision, value, { body, hasType })) kept.push(name, value);
    hasType ||= decision === "content-type";
  }
  return { kept: named.length === 0 ? kept : withoutNamed(kept, named, decisionOf), host };
}

const lowerOf = memoizeByName((name) => name.toLowerCase());

/** Whether one of the headers that earlier stages have relied on is passed on. */
function isKept(
  decision: Decision,
  value: string,
  { body, hasType }: { readonly body: BodyKind; readonly hasType: boolean },
) {
  // Keys have been removed before. This holds even if that failed: no key may leave the service.
  if (decision === "authorization") return !containsKey(value);
  // Only the first Content-Type was checked; another one could change the meaning of the body.
  return isForBody(decision, body) && !(decision === "content-type" && hasType);
}

/** A body that was read is sent decoded, with its own length; a streamed body is sent as the client announced it. */
function isForBody(decision: Decision, body: BodyKind): boolean {
  if (decision === "content-type") return body !== "none";
  return decision !== "content-encoding" || body === "streamed";
}

/** Without the headers that `Connection` names. Those that earlier stages have relied on stay. */
function withoutNamed(raw: RawHeaders, named: readonly string[], decisionOf: HeaderRules["decisionOf"]): string[] {
  const isKept = (name: string) => decisionOf(name) !== "keep" || !named.includes(foldHeaderName(name));
  return raw.filter((_, index) => isKept(raw[index - (index % 2)] ?? ""));
}

/** Tells the upstream who calls. */
function addCallerHeaders(list: string[], { key, requestId }: Caller) {
  if (key !== undefined) for (const text of identityOf(key)) list.push(text);
  list.push("X-Request-Id", requestId);
}

/** The values of the headers that tell the upstream who calls, in their order. */
export function identityValues({ key, requestId }: Caller): readonly string[] {
  return key === undefined ? [requestId] : [...identityOf(key).filter((_, index) => index % 2 === 1), requestId];
}

/** The keyring hands out the same object for a key as long as nothing about the key changes. */
const IDENTITIES = new WeakMap<ApiKey, readonly string[]>();

function identityOf(key: ApiKey): readonly string[] {
  const known = IDENTITIES.get(key);
  if (known !== undefined) return known;
  const identity = identityHeaders(key).flat();
  IDENTITIES.set(key, identity);
  return identity;
}
