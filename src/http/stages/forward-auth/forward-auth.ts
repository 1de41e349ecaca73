import type { IncomingMessage } from "node:http";
import type { Request } from "express";
import { isWithin } from "../../../keys/networks.ts";
import { exchangeOf } from "../../message/exchange.ts";
import { isOriginForm, pathOf } from "../../message/target.ts";
import type { SendProblem } from "../../reply/send-problem.ts";
import type { Stage } from "../../stage.ts";
import { forwardedHeadersError } from "./forwarded-headers.ts";

/** Where proxies ask. Below it Envoy puts the path that it asks about. */
const ASKED_AT = "/v1/authorize";

export type ForwardAuthDeps = {
  /** From where proxies may ask, as CIDR ranges. */
  readonly from: readonly string[];
  readonly sendProblem: SendProblem;
};

type Original = { readonly method: string; readonly target: string };

/**
 * Puts the request that a proxy asks about in the place of the proxy's own, so that it walks the same way as any other:
 * nginx (X-Original-…), Caddy and Traefik (X-Forwarded-…), Envoy (method and path of its own request).
 */
export function forwardAuth({ from, sendProblem }: ForwardAuthDeps): Stage {
  return (req, res, next) => {
    const path = pathOf(req.originalUrl);
    if (!isAskedAt(path)) return next();
    // Not who the proxy asks for, but who asks.
    if (!isWithin(from, req.socket.remoteAddress ?? "")) return sendProblem(req, res, UNTRUSTED);

    // The question itself is a GET, whatever it is about; only Envoy asks with the method of the original request.
    if (path === ASKED_AT && req.method !== "GET") return next();
    const originals = originalsIn(req);
    // The operation of this path then says what is missing.
    if (originals?.length === 0) return next();
    const exchange = exchangeOf(req);
    exchange.isForwardAuth = true;
    if (isFromNginx(req)) exchange.isFromNginx = true;
    const [first] = originals ?? [];
    const isClear = originals?.every(({ method, target }) => method === first?.method && target === first.target);
    if (first === undefined || !isClear) return sendProblem(req, res, UNCLEAR);
    if (!isOriginForm(first.target)) return sendProblem(req, res, TARGET_INVALID);
    if (isAskedAt(pathOf(first.target))) return sendProblem(req, res, NOT_FOUND);
    const violation = forwardedHeadersError(req);
    if (violation) return sendProblem(req, res, violation);

    req.method = first.method === "HEAD" ? "GET" : first.method;
    req.url = first.target;
    req.originalUrl = first.target;
    next();
  };
}

function isAskedAt(path: string): boolean {
  return path === ASKED_AT || path.startsWith(`${ASKED_AT}/`);
}

/** nginx understands fewer statuses than others, which hand our answer on as it is. */
export function isFromNginx({ url = "", headers }: IncomingMessage): boolean {
  const isNamed = headers["x-original-uri"] !== undefined || headers["x-original-method"] !== undefined;
  return isNamed && isAskedAt(pathOf(url));
}

const PAIRS = [
  ["x-original-method", "x-original-uri"],
  ["x-forwarded-method", "x-forwarded-uri"],
] as const;

/** Every request that this one names; undefined when one is named by half, or twice. */
function originalsIn(req: Request): readonly Original[] | undefined {
  const named = PAIRS.flatMap(([method, uri]) => {
    const [methods, uris] = [req.headersDistinct[method] ?? [], req.headersDistinct[uri] ?? []];
    return methods.length + uris.length === 0 ? [] : [{ methods, uris }];
  });
  if (named.some(({ methods, uris }) => methods.length !== 1 || uris.length !== 1)) return undefined;
  const originals = named.map(({ methods: [method = ""], uris: [target = ""] }) => ({ method, target }));
  const below = req.originalUrl.slice(ASKED_AT.length);
  return below.startsWith("/") ? [{ method: req.method, target: below }, ...originals] : originals;
}

const UNTRUSTED = {
  code: "proxy-untrusted",
  detail: "Ask from an address that LATCHKEY_AUTHORIZE_FROM names.",
} as const;

const UNCLEAR = {
  code: "original-unclear",
  detail:
    "Name one original request, with method and URI: the proxy must overwrite what clients send in these headers.",
} as const;

const NOT_FOUND = {
  code: "not-found",
  detail: "Nobody may go on to where proxies ask.",
} as const;

const TARGET_INVALID = {
  code: "target-invalid",
  detail:
    "The original URI must begin with a slash, without a fragment or a backslash, percent-encoded as UTF-8, and with at most 1000 query parameters.",
} as const;
