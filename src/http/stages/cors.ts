import { type KeySchemes, keyHeadersOf } from "../../contract/model/schemes.ts";
import type { Received } from "../message/exchange.ts";
import { QUOTA_EXCEEDED } from "../reply/limit-headers.ts";
import { KEY_ENDS_AT } from "./key-ends-at.ts";
import type { Stage } from "./stage.ts";

/** The response headers that pages may read, beyond those that are always readable. */
const EXPOSED = [
  "X-Request-Id",
  "Retry-After",
  "Location",
  "ETag",
  "WWW-Authenticate",
  "RateLimit",
  "RateLimit-Policy",
  QUOTA_EXCEEDED,
  KEY_ENDS_AT,
].join(", ");
const ALLOWED_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
const ALLOWED_HEADERS = ["authorization", "content-type", "if-match"];
const PREFLIGHT_VALID_SECONDS = "600";

/**
 * Lets pages of these origins read the responses (Fetch Standard, CORS protocol). A preflight has no key and needs none:
 * `match` responds to OPTIONS. Credentials are never allowed, because keys are not cookies.
 */
export function cors(origins: readonly string[], schemes: KeySchemes): Stage {
  const preflight = [
    ["Access-Control-Allow-Methods", ALLOWED_METHODS],
    ["Access-Control-Allow-Headers", [...keyHeadersOf(schemes), ...ALLOWED_HEADERS].join(", ")],
    ["Access-Control-Max-Age", PREFLIGHT_VALID_SECONDS],
  ].flat();
  return {
    check: "message",
    run: (exchange) => {
      const { head, req, headers } = exchange;
      if (origins.length === 0) return undefined;
      headers.push("Vary", "Origin");
      const origin = originOf({ head, req });
      if (origin === undefined || !origins.includes(origin)) return undefined;

      headers.push("Access-Control-Allow-Origin", origin, "Access-Control-Expose-Headers", EXPOSED);
      if (isPreflight(exchange, origins)) headers.push(...preflight);
      return undefined;
    },
  };
}

/** Does a browser ask whether a page of one of these origins may send a request? */
export function isPreflight({ message, head, req }: Received, origins: readonly string[]): boolean {
  if (message.method !== "OPTIONS" || req.headers["access-control-request-method"] === undefined) return false;
  const origin = originOf({ head, req });
  return origin !== undefined && origins.includes(origin);
}

function originOf({ head, req }: Pick<Received, "head" | "req">): string | undefined {
  return head === undefined ? req.headers.origin : head.origin;
}
