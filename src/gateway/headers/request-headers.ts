import { containsKey } from "../../auth/other-credentials.ts";
import { identityHeaders } from "../../keys/identity-headers.ts";
import { foldHeaderName } from "../../lib/http/fold-header-name.ts";
import { isNeverForwarded } from "../../lib/http/never-forwarded.ts";
import type { Caller, CheckedHeader } from "../stream-port.ts";
import { type HeaderLine, HOP_BY_HOP, linesOf, namedByConnection, type RawHeaders } from "./header-lines.ts";

/** Headers that the gateway sets itself, whatever the client sends. */
const SET_BY_GATEWAY = ["host", "content-length", "expect", "via", "x-request-id"].map(foldHeaderName);

/** Earlier stages have relied on these headers, so they are passed on, and no other spelling of their names is. */
const EXACT: ReadonlyMap<string, string> = new Map(
  ["content-type", "content-encoding", "authorization"].map((name) => [foldHeaderName(name), name]),
);

type HeaderRules = {
  /** Names of headers that are not passed on, such as those that carry keys. */
  readonly removed: readonly string[];
  readonly checked: readonly CheckedHeader[];
};

/**
 * The headers for the upstream: those of the client, without the ones about its connection or its key, and without
 * names that the gateway sets; then the checked parameters, one line each, even if `Connection` names them; then the
 * gateway's own.
 */
export function toUpstreamHeaders(
  raw: RawHeaders,
  { removed, checked }: HeaderRules,
  caller: Caller,
): [string, string][] {
  const lines = linesOf(raw);
  const dropped = new Set([...HOP_BY_HOP, ...SET_BY_GATEWAY, ...removed.map(foldHeaderName)]);
  const declared = new Set(checked.map(([name]) => foldHeaderName(name)));
  const named = new Set(namedByConnection(lines));

  const isAllowed = (folded: string) => !dropped.has(folded) && !isNeverForwarded(folded);
  const isKept = ([name, value]: HeaderLine) => {
    const folded = foldHeaderName(name);
    // Keys have been removed before. This holds even if that failed: no key may leave the service.
    if (folded === "authorization" && containsKey(value)) return false;
    if (!isAllowed(folded) || declared.has(folded)) return false;
    const exact = EXACT.get(folded);
    return exact === undefined ? !named.has(folded) : name.toLowerCase() === exact;
  };
  const passed = checked.flatMap(([name, value]): [string, string][] =>
    value === undefined || !isAllowed(foldHeaderName(name)) ? [] : [[name, value]],
  );
  return [
    ...lines.filter(isKept).map(([name, value]): [string, string] => [name, value]),
    ...passed,
    ...gatewayHeaders(caller),
  ];
}

/** What the upstream is told about the caller. */
export function callerHeaders({ key, requestId }: Caller): [string, string][] {
  return [...(key === undefined ? [] : identityHeaders(key)), ["X-Request-Id", requestId]];
}

function gatewayHeaders(caller: Caller): [string, string][] {
  return [
    ...callerHeaders(caller),
    ["X-Forwarded-For", caller.address],
    ["X-Forwarded-Proto", caller.isTls ? "https" : "http"],
    ...(caller.host === undefined ? [] : [["X-Forwarded-Host", caller.host] satisfies [string, string]]),
    ["Via", "1.1 latchkey"],
  ];
}
