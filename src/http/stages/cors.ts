import type { Operation } from "../../contract/model/operations.ts";
import type { Routes } from "../../contract/model/paths/routes.ts";
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
];
const ALLOWED_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
const ALLOWED_HEADERS = ["authorization", "content-type", "if-match"];
const PREFLIGHT_VALID_SECONDS = "600";

type CorsDeps = {
  readonly origins: readonly string[];
  readonly schemes: KeySchemes;
  readonly routes: Routes;
};

/**
 * Lets pages of these origins read the responses (Fetch Standard, CORS protocol), and send the headers that the contract
 * declares. A preflight has no key and needs none: `match` responds to OPTIONS. Credentials are never allowed, because keys
 * are not cookies.
 */
export function cors({ origins, schemes, routes }: CorsDeps): Stage {
  const keyHeaders = keyHeadersOf(schemes);
  return {
    check: "message",
    run: (exchange) => {
      const { headers } = exchange;
      if (origins.length === 0) return undefined;
      headers.push("Vary", "Origin");
      const origin = originOf(exchange);
      if (origin === undefined || !origins.includes(origin)) return undefined;

      headers.push("Access-Control-Allow-Origin", origin, EXPOSE_HEADERS, EXPOSED.join(", "));
      if (!asksForPreflight(exchange)) return undefined;
      const operation = findAskedOperation(exchange, routes);
      const sent = operation === undefined ? [] : sentHeaders(operation);
      headers.push(
        ...["Access-Control-Allow-Methods", ALLOWED_METHODS],
        ...["Access-Control-Allow-Headers", namesOf([...keyHeaders, ...ALLOWED_HEADERS], sent)],
        ...["Access-Control-Max-Age", PREFLIGHT_VALID_SECONDS],
      );
      return undefined;
    },
  };
}

const EXPOSE_HEADERS = "Access-Control-Expose-Headers";

/** Lets pages read the response headers that an operation declares too; no-op where `cors` allowed nothing. */
export function exposeDeclared({ headers }: Pick<Received, "headers">, { responseHeaders }: Operation) {
  if (responseHeaders.length === 0) return;
  const at = headers.indexOf(EXPOSE_HEADERS);
  if (at >= 0) headers[at + 1] = namesOf(EXPOSED, responseHeaders);
}

/** The operation that a preflight is about. */
function findAskedOperation({ message, req }: Received, routes: Routes): Operation | undefined {
  const method = String(req.headers["access-control-request-method"]);
  const found = routes.match(method === "HEAD" ? "GET" : method, message.path);
  return found.kind === "matched" ? found.operation : undefined;
}

/** The headers that a page may send to this operation. */
function sentHeaders({ headerParameters, sharedCarriers, otherAlternatives }: Operation): readonly string[] {
  const credentials = [...sharedCarriers, ...otherAlternatives.flat()].filter((one) => one.in === "header");
  return [...headerParameters, ...credentials.map(({ name }) => name)];
}

/** A list without repetitions; the case of a header name does not count. */
function namesOf(names: readonly string[], more: readonly string[]): string {
  const known = new Set(names.map((name) => name.toLowerCase()));
  return [...names, ...more.filter((name) => !known.has(name.toLowerCase()))].join(", ");
}

/** Does a browser ask whether a page of one of these origins may send a request? */
export function isPreflight(exchange: Received, origins: readonly string[]): boolean {
  const origin = originOf(exchange);
  return asksForPreflight(exchange) && origin !== undefined && origins.includes(origin);
}

/** Does a browser ask whether a page may send a request? */
export function asksForPreflight(exchange: Received): boolean {
  const { message, req } = exchange;
  const asked = req.headers["access-control-request-method"];
  return message.method === "OPTIONS" && asked !== undefined && originOf(exchange) !== undefined;
}

/** Removes the decision of this service from the headers of a reply, in favor of that of the upstream. */
export function leaveCorsToUpstream({ headers }: Pick<Received, "headers">) {
  for (let index = headers.length - 2; index >= 0; index -= 2) {
    const [name, value] = [headers[index], headers[index + 1]];
    if (name?.startsWith("Access-Control-") || (name === "Vary" && value === "Origin")) headers.splice(index, 2);
  }
}

function originOf({ head, req }: Pick<Received, "head" | "req">): string | undefined {
  return head === undefined ? req.headers.origin : head.origin;
}
