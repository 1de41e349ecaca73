import { containsKey } from "../auth/other-credentials.ts";
import { identityHeaders } from "../keys/identity-headers.ts";
import type { ApiKey } from "../keys/key.ts";
import { foldHeaderName } from "../lib/http/fold-header-name.ts";
import { isNeverForwarded } from "../lib/http/never-forwarded.ts";
import { type HeaderLine, HOP_BY_HOP, linesOf, namedByConnection, type RawHeaders } from "./header-lines.ts";

/** What we say ourselves, whatever the client claims. */
const OURS = ["host", "content-length", "expect", "via", "x-request-id"].map(foldHeaderName);

/** How the body is read, and that no key is sent, was decided by these: so they arrive, and no other spelling beside them. */
const EXACT: ReadonlyMap<string, string> = new Map(
  ["content-type", "content-encoding", "authorization"].map((name) => [foldHeaderName(name), name]),
);

export type Caller = {
  /** Undefined: the operation is public, or its security is the upstream's matter. */
  readonly key: ApiKey | undefined;
  readonly requestId: string;
  readonly address: string;
  readonly isTls: boolean;
  readonly host: string | undefined;
};

/** A header parameter of the contract, with the value that was checked; undefined: the client did not send it. */
export type CheckedHeader = readonly [name: string, value: string | undefined];

export type HeaderRules = {
  /** Names that do not go on, such as those of headers that carry keys. */
  readonly removed: readonly string[];
  readonly checked: readonly CheckedHeader[];
};

/**
 * The headers that go on to the upstream: the client's own but those about its connection, about its key, or in our
 * name; then what was checked, each in one line, whatever `Connection` says about it; then what we know.
 */
export function toUpstreamHeaders(
  raw: RawHeaders,
  { removed, checked }: HeaderRules,
  caller: Caller,
): [string, string][] {
  const lines = linesOf(raw);
  const dropped = new Set([...HOP_BY_HOP, ...OURS, ...removed.map(foldHeaderName)]);
  const declared = new Set(checked.map(([name]) => foldHeaderName(name)));
  const named = new Set(namedByConnection(lines));

  const isAllowed = (folded: string) => !dropped.has(folded) && !isNeverForwarded(folded);
  const isKept = ([name, value]: HeaderLine) => {
    const folded = foldHeaderName(name);
    // Removed long before; a key must not get out even where that went wrong.
    if (folded === "authorization" && containsKey(value)) return false;
    if (!isAllowed(folded) || declared.has(folded)) return false;
    const exact = EXACT.get(folded);
    return exact === undefined ? !named.has(folded) : name.toLowerCase() === exact;
  };
  const passed = checked.flatMap(([name, value]): [string, string][] =>
    value === undefined || !isAllowed(foldHeaderName(name)) ? [] : [[name, value]],
  );
  return [...lines.filter(isKept).map(([name, value]): [string, string] => [name, value]), ...passed, ...own(caller)];
}

/** What the upstream is told about the caller. */
export function callerHeaders({ key, requestId }: Caller): [string, string][] {
  return [...(key === undefined ? [] : identityHeaders(key)), ["X-Request-Id", requestId]];
}

function own(caller: Caller): [string, string][] {
  return [
    ...callerHeaders(caller),
    ["X-Forwarded-For", caller.address],
    ["X-Forwarded-Proto", caller.isTls ? "https" : "http"],
    ...(caller.host === undefined ? [] : [["X-Forwarded-Host", caller.host] satisfies [string, string]]),
    ["Via", "1.1 latchkey"],
  ];
}
