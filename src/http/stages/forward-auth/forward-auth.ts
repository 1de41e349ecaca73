import type { IncomingMessage } from "node:http";
import { isWithin } from "../../../keys/networks.ts";
import type { Problem } from "../../../problem/problem.ts";
import { recordOf } from "../../message/exchange.ts";
import { headerLinesOf, type Message, toMessage } from "../../message/message.ts";
import { isOriginForm, pathOf } from "../../message/target.ts";
import { problemReply } from "../../reply/reply.ts";
import type { Stage } from "../stage.ts";
import { forwardedHeadersError } from "./forwarded-headers.ts";

/** The path that proxies call, below the prefix. Envoy appends the path of the original request. */
const AUTHORIZE_PATH = "/v1/authorize";

type ForwardAuthDeps = {
  /** The path below which that path is; empty for none. */
  readonly prefix: string;
  /** The addresses of proxies, as CIDR ranges. */
  readonly from: readonly string[];
};

type Original = { readonly method: string; readonly target: string };

/**
 * Puts the request that a proxy asks about in the place of the proxy's own; it then goes through the same stages as any
 * other: nginx (X-Original-…), Caddy and Traefik (X-Forwarded-…), Envoy (method and path of its own request).
 */
export function forwardAuth({ from, prefix }: ForwardAuthDeps): Stage {
  const entrance = `${prefix}${AUTHORIZE_PATH}`;
  return {
    check: "message",
    run: (exchange) => {
      const { req, message } = exchange;
      const { path, method } = message;
      if (!isBelow(path, entrance)) return undefined;
      // The address of the proxy itself, not of the client that it asks about.
      if (!isWithin(from, req.socket.remoteAddress ?? "")) return problemReply(UNTRUSTED, { check: "handle" });

      // Proxies always ask with GET; only Envoy uses the method of the original request.
      if (path === entrance && method !== "GET") return undefined;
      const originals = originalsIn(message, entrance);
      // The handler of this path then explains what is missing.
      if (originals?.length === 0) return undefined;
      const record = recordOf(exchange);
      record.forwardAuth = { isFromNginx: isFromNginx(req, prefix), isFromEnvoy: path !== entrance };
      const original = theOne(originals, entrance);
      if ("code" in original) return problemReply(original);
      const problem = forwardedHeadersError(req);
      if (problem) return problemReply(problem);

      record.message = toMessage(req, original.method, original.target);
      return undefined;
    },
  };
}

/** The original request, if the headers name exactly one. */
function theOne(originals: readonly Original[] | undefined, entrance: string): Original | Problem {
  const [first] = originals ?? [];
  const isClear = originals?.every(({ method, target }) => method === first?.method && target === first.target);
  if (first === undefined || !isClear) return UNCLEAR;
  if (!isOriginForm(first.target)) return TARGET_INVALID;
  return isBelow(pathOf(first.target), entrance) ? NOT_FOUND : first;
}

function isBelow(path: string, entrance: string): boolean {
  return path === entrance || path.startsWith(`${entrance}/`);
}

/** Whether the proxy is nginx, which understands fewer statuses; other proxies pass the response on as it is. */
export function isFromNginx({ url = "", headers }: IncomingMessage, prefix: string): boolean {
  const isNamed = headers["x-original-uri"] !== undefined || headers["x-original-method"] !== undefined;
  return isNamed && isBelow(pathOf(url), `${prefix}${AUTHORIZE_PATH}`);
}

const PAIRS = [
  ["x-original-method", "x-original-uri"],
  ["x-forwarded-method", "x-forwarded-uri"],
] as const;

/** Every original request that the headers name; undefined if one is incomplete or named twice. */
function originalsIn(message: Message, entrance: string): readonly Original[] | undefined {
  const named = PAIRS.flatMap(([method, uri]) => {
    const [methods, uris] = [headerLinesOf(message, method), headerLinesOf(message, uri)];
    return methods.length + uris.length === 0 ? [] : [{ methods, uris }];
  });
  if (named.some(({ methods, uris }) => methods.length !== 1 || uris.length !== 1)) return undefined;
  const originals = named.map(({ methods: [method = ""], uris: [target = ""] }) => ({ method, target }));
  const below = message.target.slice(entrance.length);
  return below.startsWith("/") ? [{ method: message.method, target: below }, ...originals] : originals;
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
