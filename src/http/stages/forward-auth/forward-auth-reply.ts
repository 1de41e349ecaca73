import { fillPath } from "../../../contract/model/fill-path.ts";
import { IDENTITY_HEADERS, identityHeaders } from "../../../keys/identity-headers.ts";
import { admittedKeyOf, exchangeOf, operationOf } from "../../message/exchange.ts";
import { PATH_UNKNOWN } from "../../reply/path-problems.ts";
import type { SendProblem } from "../../reply/send-problem.ts";
import type { Stage } from "../../stage.ts";

/** Runs `stage` only for requests that a proxy asks about. */
export function whenForwardAuth(stage: Stage): Stage {
  return (req, res, next) => (exchangeOf(req).isForwardAuth ? stage(req, res, next) : next());
}

/** The last stage of such requests: the caller is admitted, and the headers say who it is. */
export function replyToForwardAuth(sendProblem: SendProblem): Stage {
  return whenForwardAuth((req, res) => {
    const exchange = exchangeOf(req);
    const { pathParams = {} } = exchange;
    const { id, path } = operationOf(req);
    // The gateway would not forward it either: a parameter could be read as another path.
    if (fillPath(path, pathParams, { base: "", query: "" }) === undefined) return sendProblem(req, res, PATH_UNKNOWN);

    // Empty without a key: for a missing header, Caddy would forward the header's name as its value.
    const key = admittedKeyOf(exchange);
    const identity = key === undefined ? NO_IDENTITY : identityHeaders(key);
    for (const [name, value] of identity) res.setHeader(name, value);
    res.setHeader("X-Latchkey-Operation", id);
    res.status(200).end();
  });
}

const NO_IDENTITY = IDENTITY_HEADERS.map((name) => [name, ""] as const);
