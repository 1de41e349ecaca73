import type { Request, Response } from "express";
import { toTarget } from "../../contract/model/fill-path.ts";
import type { ApiKey } from "../../keys/key.ts";
import { exchangeOf, operationOf } from "../message/exchange.ts";
import { queryOf } from "../message/target.ts";
import { sendContinue } from "../message/unread-body.ts";
import { PATH_UNKNOWN } from "../reply/path-problems.ts";
import type { SendProblem } from "../reply/send-problem.ts";
import type { Stage } from "../stage.ts";

/** A request that everybody has agreed to. */
export type PassedOn = {
  readonly requestId: string;
  readonly operationId: string;
  /** Undefined: the operation is public, or its security is of another kind. */
  readonly key: ApiKey | undefined;
};

const HANDED_ON = new WeakMap<object, PassedOn>();

/** What was found out about a request; undefined before it was handed on. */
export function passedOnOf(req: object): PassedOn | undefined {
  return HANDED_ON.get(req);
}

/**
 * The last step of requests that the app around this one answers. Its routes find the path of the contract, with its
 * parameters in one spelling, and no other: what a client wrote could mean another route to them.
 */
export function passToHostApp(sendProblem: SendProblem): Stage {
  return (req, res, next) => {
    const { requestId, pathParams = {}, outcome, isBodyStreamed, bodyBytes } = exchangeOf(req);
    const { id, path } = operationOf(req);
    const target = toTarget(path, pathParams, { base: "", query: queryOf(req.originalUrl) });
    if (target === undefined) return sendProblem(req, res, PATH_UNKNOWN);

    req.url = target;
    req.originalUrl = target;
    // Parsers of bodies ask this before they look for one.
    if (bodyBytes !== undefined) Object.assign(req, { _body: true });
    if (isBodyStreamed) sendContinue(req, res);
    exchangeOf(req).mayHaveSideEffects = true;
    HANDED_ON.set(req, {
      requestId,
      operationId: id,
      key: outcome?.kind === "admitted" ? outcome.key : undefined,
    });
    next();
  };
}

/** How Node's requests and answers looked before Express gave them methods. */
export function keepPrototypes(req: Request | object, res: Response | object): () => void {
  const [ofRequest, ofResponse] = [Object.getPrototypeOf(req), Object.getPrototypeOf(res)];
  return () => {
    Object.setPrototypeOf(req, ofRequest);
    Object.setPrototypeOf(res, ofResponse);
  };
}
