import { LimiterUnavailable } from "../../limits/limiter.ts";
import type { Problem } from "../../problem/problem.ts";
import { StoreFailure } from "../../store/database/failure.ts";
import { type ProblemReply, problemReply } from "./reply.ts";

/** The reply to a request that something thrown has ended. It does not mention the cause, which is in the log. */
export function toFaultReply(error: unknown): ProblemReply {
  return problemReply(toProblem(error), { cause: error });
}

function toProblem(error: unknown): Problem {
  if (error instanceof StoreFailure) {
    return { code: "unavailable", detail: "The service cannot reach its database right now; try again in a moment." };
  }
  if (error instanceof LimiterUnavailable) {
    return { code: "unavailable", detail: "The service cannot check its limits right now; try again in a moment." };
  }
  return {
    code: "internal-error",
    detail:
      "The service failed to handle the request; give the requestId to its operator, who finds the cause in the log.",
  };
}
