import type { KeySchemes } from "../../contract/model/schemes.ts";
import type { Stage } from "../stage.ts";

const EXPOSED = [
  "X-Request-Id",
  "Retry-After",
  "Location",
  "ETag",
  "WWW-Authenticate",
  "RateLimit",
  "RateLimit-Policy",
  "Latchkey-Quota-Exceeded",
  "Latchkey-Key-Ends-At",
].join(", ");
const ALLOWED_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
const ALLOWED_HEADERS = ["authorization", "content-type", "if-match"];
const PREFLIGHT_VALID_SECONDS = "600";

/**
 * Lets pages of these origins read the responses (Fetch Standard, CORS protocol). A preflight has no key and needs none:
 * `match` responds to OPTIONS. Credentials are never allowed, because keys are not cookies.
 */
export function cors(origins: readonly string[], schemes: KeySchemes): Stage {
  const carriers = Object.values(schemes).filter((carrier) => carrier.in === "header");
  const allowedHeaders = [...carriers.map(({ name }) => name), ...ALLOWED_HEADERS].join(", ");
  return (req, res, next) => {
    if (origins.length === 0) return next();
    res.vary("Origin");
    const { origin } = req.headers;
    if (origin === undefined || !origins.includes(origin)) return next();

    res.set({ "Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": EXPOSED });
    if (req.method === "OPTIONS" && req.headers["access-control-request-method"] !== undefined) {
      res.set({
        "Access-Control-Allow-Methods": ALLOWED_METHODS,
        "Access-Control-Allow-Headers": allowedHeaders,
        "Access-Control-Max-Age": PREFLIGHT_VALID_SECONDS,
      });
    }
    next();
  };
}
