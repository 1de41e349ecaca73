import type { IncomingMessage, ServerResponse } from "node:http";
import type { NextFunction, Request, Response } from "express";

/**
 * One stage of the pipeline. In Express's own type a handler returns `unknown`, which hides promises from the linter.
 * With this type, a stage that calls another one has to return, await or catch its promise.
 */
export type Stage = (req: Request, res: Response, next: NextFunction) => void | Promise<void>;

/** Whether the client has disconnected. Checked after every wait: nothing more is done for its request then. */
export function isClientGone(req: IncomingMessage, res: ServerResponse): boolean {
  // A pipelined response has no socket before its turn, and does not close with the connection. A request whose body was
  // streamed to an upstream has no socket any more.
  const socket: IncomingMessage["socket"] | null = res.socket ?? req.socket;
  return res.destroyed || socket?.destroyed === true;
}

/** Skips `stage` if the client disconnected while an earlier stage was waiting. The request is metered already. */
export function unlessClientGone(stage: Stage): Stage {
  return (req, res, next) => {
    if (isClientGone(req, res)) return void res.destroy();
    return stage(req, res, next);
  };
}

/** Runs a stage from a callback, whose caller would ignore a promise: a fault goes to `next`. */
export function runStage(stage: Stage, req: Request, res: Response, next: NextFunction) {
  const run = async () => stage(req, res, next);
  run().catch((error: unknown) => next(error ?? new Error("A stage failed without an error.")));
}
