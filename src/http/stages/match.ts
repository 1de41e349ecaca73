import type { Operation } from "../../contract/model/operations.ts";
import type { Match, Routes } from "../../contract/model/routes.ts";
import { type Received, recordOf } from "../message/exchange.ts";
import { methodNotAllowed, PATH_UNKNOWN, toAllow } from "../reply/path-problems.ts";
import { emptyReply, problemReply, type Reply } from "../reply/reply.ts";
import type { Stage } from "./stage.ts";

/** Finds the operation of a request. Replies itself to OPTIONS, and to requests without an operation. */
export function match(operations: readonly Operation[], routes: Routes): Stage {
  const findFixed = createFindFixed(operations, routes);
  return {
    check: "match",
    run: (exchange) => {
      const { method, target, path } = exchange.message;
      const fixed = findFixed(method, path);
      if (fixed !== undefined) return keep(exchange, fixed, NO_PARAMS);
      // OPTIONS for the server as a whole (RFC 9110 §9.3.7).
      if (target === "*") return emptyReply(204);
      const found = routes.match(method, path);
      return found.kind === "matched" ? keep(exchange, found.operation, found.pathParams) : refuse(exchange, found);
    },
  };
}

const NO_PARAMS: Readonly<Record<string, string>> = {};

function keep(exchange: Received, operation: Operation, pathParams: Readonly<Record<string, string>>): undefined {
  const record = recordOf(exchange);
  record.operation = operation;
  record.pathParams = pathParams;
}

function refuse({ message, forwardAuth }: Received, found: Exclude<Match, { readonly kind: "matched" }>): Reply {
  if (found.kind === "not-found") return problemReply(PATH_UNKNOWN);
  const allow = toAllow(found.methods);
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
    if (path.includes("{") || matched.kind !== "matched" || matched.operation !== operation) continue;
    const byPath = byMethod.get(method) ?? new Map<string, Operation>();
    byMethod.set(method, byPath.set(path, operation));
  }
  return (method: string, path: string) => byMethod.get(method)?.get(path);
}
