import type { IncomingMessage, ServerResponse } from "node:http";
import { noteStoreFailure } from "../http/message/refund.ts";
import type { SendProblem } from "../http/reply/send-problem.ts";
import { toProblem } from "../http/stages/error-handler.ts";
import type { Log } from "../lib/log/log.ts";
import type { FastRequest } from "./fast-request.ts";
import type { ReplyWriter } from "./reply-writer.ts";

export type ExitsDeps = {
  readonly setHeaders: ReplyWriter["setHeaders"];
  /** Runs the stages from the validator on. What is already known is in the exchange. */
  readonly runRemainingStages: (req: IncomingMessage, res: ServerResponse) => void;
  readonly sendProblem: SendProblem;
  readonly log: Log;
};

/** How a request leaves the fast path other than with a reply of its own. */
export type Exits = {
  /** Leaves the rest of the request to the stages, because only the validator can tell. */
  readonly handOver: (request: FastRequest) => void;
  /** Responds with the problem of a fault. Never throws, whatever a host app has done to the response. */
  readonly fail: (request: FastRequest, error: unknown) => void;
};

export function createExits({ setHeaders, runRemainingStages, sendProblem, log }: ExitsDeps): Exits {
  return {
    handOver: (request) => {
      setHeaders(request.res, request);
      runRemainingStages(request.req, request.res);
    },
    fail: (request, error) => {
      const { req, res, exchange } = request;
      try {
        noteStoreFailure(req, error);
        setHeaders(res, request);
        sendProblem(req, res, toProblem(error), { cause: error });
      } catch (cause) {
        log.error({ requestId: exchange.requestId, err: cause }, "the response to a failed request cannot be sent");
        res.destroy();
      }
    },
  };
}
