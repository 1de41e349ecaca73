import type { Request, RequestHandler, Response } from "express";
import type { Refusal } from "../auth/authorize.ts";
import type { OperationId } from "../contract/types.gen.ts";
import type { ProblemCode } from "../problem/catalog.ts";
import type { InvalidPart } from "../problem/problem.ts";
import { exchangeOf, operationOf } from "./exchange.ts";
import type { Guard } from "./guard.ts";
import type { Handlers } from "./handler.ts";
import type { Refuse } from "./refusals.ts";
import type { SendProblem } from "./send-problem.ts";

export type DispatchDeps = {
  readonly handlers: Partial<Handlers>;
  readonly forward: RequestHandler | undefined;
  readonly guard: Guard;
  readonly refuse: Refuse;
  readonly sendProblem: SendProblem;
};

/** The handlers as the dispatcher sees them; the table in `handlers.ts` knows their exact types. */
type AnyHandler = (call: object) => AnyReply | Promise<AnyReply>;

type AnyReply =
  | { readonly refusal: Refusal }
  | { readonly status: number; readonly body: unknown; readonly location?: string; readonly etag?: string }
  | { readonly problem: ProblemCode; readonly detail: string; readonly errors?: readonly InvalidPart[] };

/**
 * The last step: runs the handler of the matched operation and sends what it replies. There are no routes of
 * Express's own that could disagree with the contract about which operation this is.
 */
export function dispatch({ handlers, forward, guard, refuse, sendProblem }: DispatchDeps): RequestHandler {
  return async (req, res, next) => {
    const { id } = operationOf(req);
    const handler = handlers[id as OperationId] as unknown as AnyHandler | undefined;
    if (handler === undefined) {
      if (forward === undefined) throw new Error(`Nothing answers ${id}.`);
      forward(req, res, next);
      return;
    }
    const reply = await handler(toCall(req));

    if ("refusal" in reply) {
      refuse(req, res, reply.refusal);
      return;
    }
    if ("problem" in reply) {
      const { problem, ...rest } = reply;
      sendProblem(req, res, { code: problem, ...rest });
      return;
    }
    guard.watchReply(req, res, (error?: unknown) => (error === undefined ? send(req, res, reply) : next(error)));
  };
}

function toCall(req: Request): object {
  const { requestId, peer, outcome } = exchangeOf(req);
  const { pathParams } = (req as Request & { openapi: { pathParams: object } }).openapi;
  const key = outcome?.kind === "admitted" ? { key: outcome.key } : {};
  const names = operationOf(req).headerParameters;
  const header = Object.fromEntries(names.map((name) => [name, req.headers[name.toLowerCase()]]));
  return { requestId, address: peer.address, path: pathParams, query: req.query, header, body: req.body, ...key };
}

type Sendable = Extract<AnyReply, { readonly status: number }>;

function send(req: Request, res: Response, { status, body, location, etag }: Sendable) {
  const mediaType = operationOf(req).answers[status] ?? "application/json";
  // Express would answer If-None-Match, `*` even without an ETag, with a 304, which no contract here declares.
  delete req.headers["if-none-match"];
  if (etag !== undefined) res.set("ETag", etag);
  if (location !== undefined) res.set("Location", location);
  res.status(status).type(mediaType);
  if (typeof body === "string") res.send(body);
  else res.json(body);
}
