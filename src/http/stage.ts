import type { IncomingMessage, ServerResponse } from "node:http";
import type { NextFunction, Request, Response } from "express";

/**
 * One stage of the pipeline. Express's own type says that a handler returns `unknown`, which hides promises from the
 * linter; this one shows them, so that a stage which calls another one has to return, await or catch its promise.
 */
export type Stage = (req: Request, res: Response, next: NextFunction) => void | Promise<void>;

/** Has the client hung up? Asked after every wait: what it wanted is then not done any more, and not answered. */
export function isClientGone(req: IncomingMessage, res: ServerResponse): boolean {
  // A response behind others of the same connection has no socket yet, and does not close with the connection. A request
  // whose body streamed to an upstream has none any more.
  const socket: IncomingMessage["socket"] | null = res.socket ?? req.socket;
  return res.destroyed || socket?.destroyed === true;
}

/** Does nothing for a client that hung up while an earlier stage was waiting. The meter has counted it by then. */
export function unlessClientGone(stage: Stage): Stage {
  return (req, res, next) => {
    if (isClientGone(req, res)) return void res.destroy();
    return stage(req, res, next);
  };
}

/** Runs a stage from a callback, which has no caller that could own the promise: a fault goes to `next`. */
export function runStage(stage: Stage, req: Request, res: Response, next: NextFunction) {
  const run = async () => stage(req, res, next);
  run().catch((error: unknown) => next(error ?? new Error("A stage failed without an error.")));
}
