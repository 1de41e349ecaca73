import { foldHeaderName } from "../../lib/http/fold-header-name.ts";
import { isNeverReturned } from "../../lib/http/never-forwarded.ts";
import type { ResponseHeaders } from "../connections/upstream-call.ts";
import { isKeptFromSharedCaches } from "./cache-control.ts";
import type { ToClientUrl } from "./client-urls.ts";
import { HOP_BY_HOP, memoizeByName, namedByConnection } from "./header-lines.ts";

/** Instructions for shared caches. `X-Accel-Buffering` is not one: it is about streaming. */
const FOR_SHARED_CACHES =
  /^(?:.*cdncachecontrol|surrogate.*|edgecontrol|xaccel(?!buffering$).*|xlitespeed.*|expires|pragma)$/;

/** The URL may contain the key, and an upstream must not let pages send it to other sites. */
const REFERRER_POLICY = "referrerpolicy";

type Decision = "keep" | "drop" | "keep-without-key" | "url" | "cors";

const decisionOf = memoizeByName((name): Decision => {
  const folded = foldHeaderName(name);
  if (HOP_BY_HOP.includes(folded) || isNeverReturned(folded)) return "drop";
  if (name === "location" || name === "content-location") return "url";
  if (folded.startsWith("accesscontrol")) return "cors";
  const isForOthers = FOR_SHARED_CACHES.test(folded) || folded === REFERRER_POLICY || folded === "cachecontrol";
  return isForOthers ? "keep-without-key" : "keep";
});

type ResponseFacts = {
  readonly status: number;
  readonly hasKey: boolean;
  /** The upstream decides which pages may read the response. */
  readonly keepsCors?: boolean;
  readonly toClientUrl: ToClientUrl;
};

/**
 * The headers of an upstream's response that are passed on to the client. Shared caches must not keep a response to a
 * request with a key: its Cache-Control is passed on only if it forbids that too, and no other instruction for them is.
 * @returns name, value, name, value, …
 */
export function toClientHeaders(
  headers: ResponseHeaders,
  { status, hasKey, keepsCors = false, toClientUrl }: ResponseFacts,
): string[] {
  const named = namedByConnection(textOf(headers["connection"]));
  const kept: string[] = [];
  for (const name of Object.keys(headers)) {
    const decision = decisionOf(name);
    if (decision === "cors" && !keepsCors) continue;
    if (decision === "drop" || (hasKey && decision === "keep-without-key")) continue;
    if (named.length > 0 && named.includes(foldHeaderName(name))) continue;
    // A 204 has no Content-Length (RFC 9110 §8.6).
    if (status === 204 && name === "content-length") continue;
    addLines(kept, name, headers[name], decision === "url" ? toClientUrl : AS_IT_IS);
  }
  if (hasKey) addCacheControl(kept, headers, named);
  return kept;
}

const AS_IT_IS: ToClientUrl = (text) => text;

function addLines(list: string[], name: string, value: string | string[] | undefined, rewrite: ToClientUrl) {
  if (typeof value === "string") list.push(name, rewrite(value));
  else for (const line of value ?? []) list.push(name, rewrite(line));
}

/** Several lines are one list (RFC 9110 §5.3), and are checked as one. */
function addCacheControl(list: string[], headers: ResponseHeaders, named: readonly string[]) {
  const whole = headers["cache-control"];
  if (whole === undefined || named.includes("cachecontrol")) return;
  if (isKeptFromSharedCaches(textOf(whole))) list.push("cache-control", textOf(whole));
}

/** Such as `gzip, chunked`: only `chunked` is decoded, so the body would be passed on encoded and not labelled so. */
export function hasOtherCodings(headers: ResponseHeaders): boolean {
  const codings = headers["transfer-encoding"];
  return codings !== undefined && textOf(codings).trim().toLowerCase() !== "chunked";
}

function textOf(value: string | string[] | undefined): string {
  return typeof value === "object" ? value.join(", ") : (value ?? "");
}
