import type { Request, Response } from "express";
import type { OpenApiRequest } from "express-openapi-validator/dist/framework/types.js";
import { JSON_TYPE } from "../../contract/model/operations.ts";
import { JSON_MEDIA_TYPE } from "../../lib/http/media-types.ts";
import { admittedKeyOf, exchangeOf, operationOf } from "../message/exchange.ts";
import type { HandlersById, SuccessfulReply } from "../reply/handler.ts";
import { PREPARED_REPLIES } from "../reply/prepared-reply.ts";
import type { Refuse } from "../reply/refusals.ts";
import type { SendProblem } from "../reply/send-problem.ts";
import { isClientGone, type Stage } from "../stage.ts";
import type { Validator } from "./validator/validator.ts";

type DispatchDeps = {
  readonly handlers: HandlersById;
  /** For operations without a handler: the upstream, or the host app. */
  readonly fallback: Stage | undefined;
  readonly validator: Validator;
  readonly refuse: Refuse;
  readonly sendProblem: SendProblem;
};

/**
 * The last stage: runs the handler of the matched operation and sends its reply. It finds the handler by operationId:
 * routes of Express could disagree with the contract about which operation this is.
 */
export function dispatch({ handlers, fallback, validator, refuse, sendProblem }: DispatchDeps): Stage {
  return async (req, res, next) => {
    const { id } = operationOf(req);
    const handler = Object.hasOwn(handlers, id) ? handlers[id] : undefined;
    if (handler === undefined) {
      if (fallback === undefined) throw new Error(`The operation ${id} has neither a handler nor an upstream.`);
      return fallback(req, res, next);
    }
    const exchange = exchangeOf(req);
    exchange.mayHaveSideEffects = true;
    const reply = PREPARED_REPLIES.get(req) ?? (await handler(toCall(req)));
    if (isClientGone(req, res)) return;

    if ("refusal" in reply) {
      refuse(req, res, reply.refusal);
      return;
    }
    if ("problem" in reply) {
      const { problem, ...rest } = reply;
      sendProblem(req, res, { code: problem, ...rest });
      return;
    }
    await validator.watchReply(req, res, (error?: unknown) =>
      error === undefined ? send(req, res, reply) : next(error),
    );
  };
}

/** The argument of the operation's handler. `never`, as the compiler cannot know which operation was validated. */
function toCall(req: OpenApiRequest): never {
  const exchange = exchangeOf(req);
  const { requestId, peer } = exchange;
  const key = admittedKeyOf(exchange);
  const names = operationOf(req).headerParameters;
  const header = Object.fromEntries(names.map((name) => [name, req.headers[name.toLowerCase()]]));
  return {
    requestId,
    address: peer.address,
    path: req.openapi?.pathParams,
    query: req.query,
    header,
    body: req.body,
    accept: req.headers.accept,
    ...(key && { key }),
  } as never;
}

function send(req: Request, res: Response, { status, body, location, etag, mediaType: chosen }: SuccessfulReply) {
  const mediaType = chosen ?? operationOf(req).responses[status] ?? JSON_MEDIA_TYPE;
  // Express would respond to If-None-Match with 304, which the contracts here do not declare.
  delete req.headers["if-none-match"];
  if (etag !== undefined) res.set("ETag", etag);
  if (location !== undefined) res.set("Location", location);
  res.status(status).type(mediaType);
  if (JSON_TYPE.test(mediaType.toLowerCase()) || body === undefined) res.json(body);
  else res.send(body);
}
