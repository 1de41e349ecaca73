import type { ErrorRequestHandler } from "express";
import { LimiterUnavailable } from "../../limits/limiter.ts";
import type { Problem } from "../../problem/problem.ts";
import { StoreFailure } from "../../store/database/failure.ts";
import { noteStoreFailure } from "../message/refund.ts";
import type { SendProblem } from "../reply/send-problem.ts";
import { toInvalidRequest } from "./validator/invalid-request.ts";

/** Responds to every error of the pipeline: an invalid request that the validator found, or a fault. */
export function errorHandler(sendProblem: SendProblem): ErrorRequestHandler {
  return (error, req, res, _next) => {
    noteStoreFailure(req, error);
    sendProblem(req, res, toProblem(error), { cause: error });
  };
}

/** The problem for an error. For a fault it does not mention the cause, which is in the log. */
export function toProblem(error: unknown): Problem {
  if (error instanceof StoreFailure) {
    return { code: "unavailable", detail: "The service cannot reach its database right now; try again in a moment." };
  }
  if (error instanceof LimiterUnavailable) {
    return { code: "unavailable", detail: "The service cannot check its limits right now; try again in a moment." };
  }
  const invalid = toInvalidRequest(error);
  if (invalid !== undefined) return { code: "request-invalid", detail: invalid.detail, errors: invalid.parts };
  return {
    code: "internal-error",
    detail:
      "The service failed to handle the request; give the requestId to its operator, who finds the cause in the log.",
  };
}
