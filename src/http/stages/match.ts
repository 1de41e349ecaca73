import type { Operation } from "../../contract/model/operations.ts";
import type { Match, Routes } from "../../contract/model/paths/routes.ts";
import type { SelectorSource } from "../../contract/model/selectors.ts";
import { type Matched, type Received, recordOf } from "../message/exchange.ts";
import type { Message } from "../message/message.ts";
import { possibleValues } from "../message/possible-values.ts";
import { methodNotAllowed, pathUnknown, pathValueRefused, toAllow } from "../reply/path-problems.ts";
import { emptyReply, problemReply, type Reply } from "../reply/reply.ts";
import { asksForPreflight, exposeDeclared, isPreflight } from "./cors.ts";
import { toKeySource } from "./identify.ts";
import type { Stage } from "./stage.ts";

type MatchDeps = {
  readonly operations: readonly Operation[];
  readonly routes: Routes;
  /** The origins whose preflights have a reply of this service. */
  readonly origins: readonly string[];
  /** The path below which the pages are; empty for none. */
  readonly prefix: string;
};

/**
 * Finds the operation of a request. Replies itself to requests without an operation: to OPTIONS where the contract
 * declares none, and to preflights from allowed origins.
 */
export function match({ operations, routes, origins, prefix }: MatchDeps): Stage {
  const findFixed = createFindFixed(operations, routes);
  const findMatch = createFindMatch(operations, routes);
  return {
    check: "match",
    run: (exchange) => {
      const { method, sentMethod, target, path } = exchange.message;
      const fixed = sentMethod === method ? findFixed(method, path) : undefined;
      if (fixed !== undefined && method !== "OPTIONS")
        return keep(exchange, { operation: fixed, pathParams: NO_PARAMS, rivals: [] });
      // OPTIONS for the server as a whole (RFC 9110 §9.3.7).
      if (target === "*") return emptyReply(204);
      const found = findMatch(exchange);
      if (found.kind === "not-found") return refusePath(found, prefix);
      if (found.kind === "method-not-allowed") return replyToMethod(exchange, found.methods);
      if (found.operation.isPreflight) {
        const isForUpstream = asksForPreflight(exchange) && exchange.forwardAuth === undefined;
        if (isForUpstream) return keep(exchange, found);
        return replyToMethod(exchange, methodsAt(routes, path));
      }
      if (!isPreflight(exchange, origins)) return keep(exchange, found);
      return replyToMethod(exchange, methodsAt(routes, path));
    },
  };
}

const NO_PARAMS: Readonly<Record<string, string>> = {};

type Found = Pick<Matched, "operation" | "pathParams" | "rivals"> & Partial<Pick<Matched, "encodedPathParams">>;

function keep(exchange: Received, { operation, pathParams, encodedPathParams, rivals }: Found): undefined {
  const record = recordOf(exchange);
  record.operation = operation;
  record.pathParams = pathParams;
  record.encodedPathParams = encodedPathParams;
  record.rivals = rivals;
  exposeDeclared(exchange, operation);
}

/** HEAD means GET, unless the contract declares it at this path. */
function createFindMatch(operations: readonly Operation[], routes: Routes) {
  const declaresHead = operations.some(({ method }) => method === "HEAD");
  return (exchange: Received): Match => {
    const { message, forwardAuth } = exchange;
    const { method, sentMethod, path } = message;
    // A proxy forwards the path as it was sent.
    const find = forwardAuth === undefined ? routes.match : routes.matchAsSent;
    const source = toSelectorSource(message);
    if (sentMethod !== "HEAD" || !declaresHead) return find(method, path, source);
    const head = find("HEAD", path, source);
    if (head.kind !== "matched") return find(method, path, source);
    recordOf(exchange).message = { ...message, method: "HEAD" };
    return head;
  };
}

function toSelectorSource(message: Message): SelectorSource {
  return { ...toKeySource(message), possibleValues: (place, name) => possibleValues(message, place, name) };
}

/** No operation has an empty method. */
function methodsAt({ match: find }: Routes, path: string): readonly string[] {
  const found = find("", path);
  return found.kind === "method-not-allowed" ? found.methods : [];
}

function refusePath({ refused }: Extract<Match, { readonly kind: "not-found" }>, prefix: string): Reply {
  return problemReply(refused === undefined ? pathUnknown(prefix) : pathValueRefused(refused));
}

function replyToMethod({ message, forwardAuth }: Received, methods: readonly string[]): Reply {
  const allow = toAllow(methods);
  const isOptions = message.method === "OPTIONS" && forwardAuth === undefined;
  return isOptions
    ? emptyReply(204, ["Allow", allow])
    : problemReply(methodNotAllowed(allow), { headers: { Allow: allow } });
}

/** Finds operations whose path has no parameters, by method and path; only where `routes` finds the same one. */
function createFindFixed(operations: readonly Operation[], routes: Routes) {
  const byMethod = new Map<string, Map<string, Operation>>();
  for (const operation of operations) {
    const { method, path } = operation;
    const matched = routes.match(method, path);
    if (path.includes("{") || matched.kind !== "matched" || matched.isSelected) continue;
    if (matched.operation !== operation) continue;
    const byPath = byMethod.get(method) ?? new Map<string, Operation>();
    byMethod.set(method, byPath.set(path, operation));
  }
  return (method: string, path: string) => byMethod.get(method)?.get(path);
}
