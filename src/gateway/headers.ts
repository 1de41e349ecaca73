import { identityHeaders } from "../keys/identity-headers.ts";
import type { ApiKey } from "../keys/key.ts";

/** The headers that are about one connection, and end with it (RFC 9110 §7.6.1). */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** What we say ourselves, whatever the client claims. */
const OURS = ["host", "content-length", "expect", "via", "x-request-id"];

/** Name, value, name, value, … as Node has them, so that several lines stay several. */
export type RawHeaders = readonly string[];

export type Caller = {
  /** Undefined: the operation is public, or its security is the upstream's matter. */
  readonly key: ApiKey | undefined;
  readonly requestId: string;
  readonly address: string;
  readonly isTls: boolean;
  readonly host: string | undefined;
};

/**
 * The headers that go on to the upstream: the client's own but those about its connection, about its key, or in our
 * name; then what we know.
 * @param carriers names of headers that carry keys, in lower case.
 */
export function toUpstreamHeaders(raw: RawHeaders, carriers: readonly string[], caller: Caller): [string, string][] {
  const lines = pairsOf(raw);
  const dropped = new Set([...HOP_BY_HOP, ...namedByConnection(lines), ...OURS, ...carriers]);
  const kept = lines.filter(([name]) => !dropped.has(name.toLowerCase()) && !isClaim(name));
  return [...kept, ...ownHeaders(caller)];
}

/** What the upstream is told about the caller. */
export function callerHeaders({ key, requestId }: Caller): [string, string][] {
  return [...(key === undefined ? [] : identityHeaders(key)), ["X-Request-Id", requestId]];
}

function ownHeaders(caller: Caller): [string, string][] {
  return [
    ...callerHeaders(caller),
    ["X-Forwarded-For", caller.address],
    ["X-Forwarded-Proto", caller.isTls ? "https" : "http"],
    ...(caller.host === undefined ? [] : [["X-Forwarded-Host", caller.host] satisfies [string, string]]),
    ["Via", "1.1 latchkey"],
  ];
}

/** A claim to be us, or about the way so far; in any spelling that servers fold into one, as WSGI does `_` and `-`. */
function isClaim(name: string): boolean {
  const folded = name.toLowerCase().replaceAll(/[_.]/g, "-");
  return /^(?:x-latchkey-|x-forwarded-)/.test(folded) || ["forwarded", "x-real-ip", "x-request-id"].includes(folded);
}

function namedByConnection(lines: readonly (readonly [string, string])[]): readonly string[] {
  return lines
    .filter(([name]) => name.toLowerCase() === "connection")
    .flatMap(([, value]) => value.split(",").map((one) => one.trim().toLowerCase()));
}

/** What an answer's upstream cannot say in our place: limits, names of ours, and who may read it from other sites. */
const NOT_THEIRS =
  /^(?:ratelimit(?:-.*)?|x-ratelimit-.*|x-latchkey-.*|latchkey-.*|access-control-.*|x-request-id|alt-svc)$/;

/**
 * The headers of an upstream's answer that go on to the client. Caches must not keep what a key opened, so there the
 * upstream's Cache-Control counts only when it says so too.
 */
export function toClientHeaders(raw: RawHeaders, isKeyed: boolean): [string, string][] {
  const lines = pairsOf(raw);
  const dropped = new Set([...HOP_BY_HOP, ...namedByConnection(lines)]);
  return lines.filter(([name, value]) => {
    const lower = name.toLowerCase();
    if (dropped.has(lower) || NOT_THEIRS.test(lower)) return false;
    return lower !== "cache-control" || !isKeyed || /\b(?:no-store|private)\b/i.test(value);
  });
}

function pairsOf(raw: RawHeaders): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [raw[2 * index] ?? "", raw[2 * index + 1] ?? ""]);
}
