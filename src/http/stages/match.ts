import type { Routes } from "../../contract/model/routes.ts";
import { exchangeOf } from "../message/exchange.ts";
import { pathOf } from "../message/target.ts";
import type { SendProblem } from "../reply/send-problem.ts";
import type { Stage } from "../stage.ts";

/** Finds the operation that a request means; answers OPTIONS, and whatever means none. */
export function match(routes: Routes, sendProblem: SendProblem): Stage {
  return (req, res, next) => {
    // Asks about the server as a whole (RFC 9110 §9.3.7).
    if (req.originalUrl === "*" && req.method === "OPTIONS") return void res.status(204).end();

    const found = routes.match(req.method, pathOf(req.originalUrl));
    if (found.kind === "matched") {
      Object.assign(exchangeOf(req), { operation: found.operation, pathParams: found.pathParams });
      next();
    } else if (found.kind === "not-found") {
      sendProblem(req, res, { code: "not-found", detail: "Nothing is served at this path; /docs shows what is." });
    } else {
      const allow = toAllow(found.methods);
      if (req.method === "OPTIONS" && !exchangeOf(req).isForwardAuth) res.set("Allow", allow).status(204).end();
      else
        sendProblem(
          req,
          res,
          { code: "method-not-allowed", detail: `Use one of ${allow}.` },
          { headers: { Allow: allow } },
        );
    }
  };
}

/** RFC 9110 §10.2.1, with the methods that this service adds by itself. */
export function toAllow(methods: readonly string[]): string {
  const withHead = methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
  return [...withHead, "OPTIONS"].join(", ");
}
