import type { IncomingMessage } from "node:http";
import type { Request } from "express";
import { isWithin } from "../../../keys/networks.ts";
import { exchangeOf } from "../../message/exchange.ts";
import { isOriginForm, pathOf } from "../../message/target.ts";
import type { SendProblem } from "../../reply/send-problem.ts";
import type { Stage } from "../../stage.ts";
import { forwardedHeadersError } from "./forwarded-headers.ts";

/** The path that proxies call. Envoy appends the path of the original request. */
const AUTHORIZE_PATH = "/v1/authorize";

type ForwardAuthDeps = {
  /** The addresses of proxies, as CIDR ranges. */
  readonly from: readonly string[];
  readonly sendProblem: SendProblem;
};

type Original = { readonly method: string; readonly target: string };

/**
 * Replaces the request of a proxy by the original request that it asks about, which then goes through the same stages as
 * any other: nginx (X-Original-…), Caddy and Traefik (X-Forwarded-…), Envoy (method and path of its own request).
 */
export function forwardAuth({ from, sendProblem }: ForwardAuthDeps): Stage {
  return (req, res, next) => {
    const path = pathOf(req.originalUrl);
    if (!isAuthorizePath(path)) return next();
    // The address of the proxy itself, not of the client that it asks about.
    if (!isWithin(from, req.socket.remoteAddress ?? "")) return sendProblem(req, res, UNTRUSTED);

    // Proxies always ask with GET; only Envoy uses the method of the original request.
    if (path === AUTHORIZE_PATH && req.method !== "GET") return next();
    const originals = originalsIn(req);
    // The handler of this path then explains what is missing.
    if (originals?.length === 0) return next();
    const exchange = exchangeOf(req);
    exchange.isForwardAuth = true;
    if (isFromNginx(req)) exchange.isFromNginx = true;
    const [first] = originals ?? [];
    const isClear = originals?.every(({ method, target }) => method === first?.method && target === first.target);
    if (first === undefined || !isClear) return sendProblem(req, res, UNCLEAR);
    if (!isOriginForm(first.target)) return sendProblem(req, res, TARGET_INVALID);
    if (isAuthorizePath(pathOf(first.target))) return sendProblem(req, res, NOT_FOUND);
    const problem = forwardedHeadersError(req);
    if (problem) return sendProblem(req, res, problem);

    req.method = first.method === "HEAD" ? "GET" : first.method;
    req.url = first.target;
    req.originalUrl = first.target;
    next();
  };
}

function isAuthorizePath(path: string): boolean {
  return path === AUTHORIZE_PATH || path.startsWith(`${AUTHORIZE_PATH}/`);
}

/** Whether the proxy is nginx, which understands fewer statuses; other proxies pass the response on as it is. */
export function isFromNginx({ url = "", headers }: IncomingMessage): boolean {
  const isNamed = headers["x-original-uri"] !== undefined || headers["x-original-method"] !== undefined;
  return isNamed && isAuthorizePath(pathOf(url));
}

const PAIRS = [
  ["x-original-method", "x-original-uri"],
  ["x-forwarded-method", "x-forwarded-uri"],
] as const;

/** Every original request that the headers name; undefined if one is incomplete or named twice. */
function originalsIn(req: Request): readonly Original[] | undefined {
  const named = PAIRS.flatMap(([method, uri]) => {
    const [methods, uris] = [req.headersDistinct[method] ?? [], req.headersDistinct[uri] ?? []];
    return methods.length + uris.length === 0 ? [] : [{ methods, uris }];
  });
  if (named.some(({ methods, uris }) => methods.length !== 1 || uris.length !== 1)) return undefined;
  const originals = named.map(({ methods: [method = ""], uris: [target = ""] }) => ({ method, target }));
  const below = req.originalUrl.slice(AUTHORIZE_PATH.length);
  return below.startsWith("/") ? [{ method: req.method, target: below }, ...originals] : originals;
}

const UNTRUSTED = {
  code: "proxy-untrusted",
  detail: "The request did not come from a known proxy; add its address to LATCHKEY_AUTHORIZE_FROM.",
} as const;

const UNCLEAR = {
  code: "original-unclear",
  detail:
    "The headers do not name exactly one original request, with method and URI; make the proxy overwrite what clients send in them.",
} as const;

const NOT_FOUND = {
  code: "not-found",
  detail: "This path is for proxies only; clients cannot be admitted to it.",
} as const;

const TARGET_INVALID = {
  code: "target-invalid",
  detail:
    "The original URI is not valid; send one that begins with a slash, is percent-encoded as UTF-8, has no fragment and no backslash, and at most 1000 query parameters.",
} as const;
