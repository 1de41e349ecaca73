import { operationOf } from "../../message/exchange.ts";
import type { SendProblem } from "../../reply/send-problem.ts";
import type { Stage } from "../../stage.ts";
import { toProblem } from "./parameter.ts";
import { combineBrackets, INVALID_BRACKETS } from "./query-brackets.ts";

/** Combines query parameters with brackets in their names, and refuses those with invalid brackets. */
export function bracketParameters(sendProblem: SendProblem): Stage {
  return (req, res, next) => {
    const combined = combineBrackets(req.query, operationOf(req).bracketedParameters);
    if (combined === undefined) return sendProblem(req, res, toProblem(INVALID_BRACKETS));
    Object.defineProperty(req, "query", { value: combined, writable: true, configurable: true, enumerable: true });
    next();
  };
}
