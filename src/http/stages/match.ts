import type { Routes } from "../../contract/model/routes.ts";
import { exchangeOf } from "../message/exchange.ts";
import { pathOf } from "../message/target.ts";
import { methodNotAllowed, PATH_UNKNOWN, toAllow } from "../reply/path-problems.ts";
import type { SendProblem } from "../reply/send-problem.ts";
import type { Stage } from "../stage.ts";

/** Finds the operation of a request. Responds itself to OPTIONS, and to requests without an operation. */
export function match(routes: Routes, sendProblem: SendProblem): Stage {
  return (req, res, next) => {
    // OPTIONS for the server as a whole (RFC 9110 §9.3.7).
    if (req.originalUrl === "*" && req.method === "OPTIONS") return void res.status(204).end();

    const found = routes.match(req.method, pathOf(req.originalUrl));
    if (found.kind === "matched") {
      Object.assign(exchangeOf(req), { operation: found.operation, pathParams: found.pathParams });
      next();
    } else if (found.kind === "not-found") {
      sendProblem(req, res, PATH_UNKNOWN);
    } else {
      const allow = toAllow(found.methods);
      if (req.method === "OPTIONS" && !exchangeOf(req).isForwardAuth) res.set("Allow", allow).status(204).end();
      else sendProblem(req, res, methodNotAllowed(allow), { headers: { Allow: allow } });
    }
  };
}
