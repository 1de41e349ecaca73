import type { Request, Response } from "express";
import { fillPath } from "../../contract/model/fill-path.ts";
import type { ApiKey } from "../../keys/key.ts";
import { admittedKeyOf, exchangeOf, operationOf } from "../message/exchange.ts";
import { queryOf } from "../message/target.ts";
import { sendContinue } from "../message/unread-body.ts";
import { PATH_UNKNOWN } from "../reply/path-problems.ts";
import type { SendProblem } from "../reply/send-problem.ts";
import type { Stage } from "../stage.ts";

/** An admitted and validated request that the host app responds to. */
type PassedOn = {
  readonly requestId: string;
  readonly operationId: string;
  /** Undefined: the operation is public, or its security is of another kind. */
  readonly key: ApiKey | undefined;
};

const PASSED_ON = new WeakMap<object, PassedOn>();

/** What is known about a request that was passed to the host app; undefined for any other. */
export function passedOnOf(req: object): PassedOn | undefined {
  return PASSED_ON.get(req);
}

/**
 * The last stage of requests that a route of the host app responds to. It gets the path of the contract with encoded
 * parameters, not the path as the client wrote it, which could match another route there.
 */
export function passToHostApp(sendProblem: SendProblem): Stage {
  return (req, res, next) => {
    const exchange = exchangeOf(req);
    const { requestId, pathParams = {}, isBodyStreamed, bodyBytes } = exchange;
    const { id, path } = operationOf(req);
    const target = fillPath(path, pathParams, { base: "", query: queryOf(req.originalUrl) });
    if (target === undefined) return sendProblem(req, res, PATH_UNKNOWN);

    req.url = target;
    req.originalUrl = target;
    // Body parsers skip a request with this mark.
    if (bodyBytes !== undefined) Object.assign(req, { _body: true });
    if (isBodyStreamed) sendContinue(req, res);
    exchange.mayHaveSideEffects = true;
    PASSED_ON.set(req, {
      requestId,
      operationId: id,
      key: admittedKeyOf(exchange),
    });
    next();
  };
}

/** Remembers Node's own prototypes, which Express replaces. @returns the function that restores them. */
export function keepPrototypes(req: Request | object, res: Response | object): () => void {
  const [ofRequest, ofResponse] = [Object.getPrototypeOf(req), Object.getPrototypeOf(res)];
  return () => {
    Object.setPrototypeOf(req, ofRequest);
    Object.setPrototypeOf(res, ofResponse);
  };
}
